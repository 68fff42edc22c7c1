//! Columns of plain numbers that lie in memory or in a mapped file, read the same way.

use std::{marker::PhantomData, ops::Deref, sync::Arc};

use bytemuck::Pod;
use memmap2::Mmap;

/// A run of numbers, owned or mapped. Cloning shares it.
#[derive(Clone)]
pub struct Column<T: Pod> {
    place: Place,
    kind: PhantomData<T>,
}

#[derive(Clone)]
enum Place {
    /// Kept as bytes of a `Vec<T>` behind the pointer, so that its alignment is right.
    Owned(Arc<dyn AsBytes + Send + Sync>),
    Mapped {
        file: Arc<Mmap>,
        from: usize,
        bytes: usize,
    },
}

trait AsBytes {
    fn as_bytes(&self) -> &[u8];
}

impl<T: Pod> AsBytes for Vec<T> {
    fn as_bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self)
    }
}

impl<T: Pod + Send + Sync> Column<T> {
    /// Takes numbers in memory.
    pub fn owned(numbers: Vec<T>) -> Self {
        Self {
            place: Place::Owned(Arc::new(numbers)),
            kind: PhantomData,
        }
    }

    /// Takes `count` numbers of a mapped file; `None` when they do not lie in it, aligned.
    pub fn mapped(file: Arc<Mmap>, from: usize, count: usize) -> Option<Self> {
        let bytes = count.checked_mul(size_of::<T>())?;
        let inside = file.get(from..from.checked_add(bytes)?)?;
        bytemuck::try_cast_slice::<u8, T>(inside).ok()?;
        Some(Self {
            place: Place::Mapped { file, from, bytes },
            kind: PhantomData,
        })
    }
}

impl<T: Pod> Deref for Column<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.place {
            Place::Owned(numbers) => bytemuck::cast_slice(numbers.as_bytes()),
            Place::Mapped { file, from, bytes } => {
                bytemuck::cast_slice(&file[*from..*from + *bytes])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were_given() {
        let column = Column::owned(vec![3_i64, -1, i64::MAX]);
        assert_eq!(&*column.clone(), &[3, -1, i64::MAX]);
        assert!(Column::<u16>::owned(Vec::new()).is_empty());
    }
}
