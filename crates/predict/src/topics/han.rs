//! Words of Chinese, learned from the texts themselves.
//!
//! Signs that stand together are a word when they come together far more often than each of their halves would by
//! chance (pointwise mutual information; Church and Hanks, "Word association norms, mutual information, and
//! lexicography", 1990), and when many different signs stand on both sides of them (the entropy of neighbors; Jin and
//! Tanaka-Ishii, "Unsupervised segmentation of Chinese text by use of branching entropy", 2006).

use std::collections::{BTreeMap, HashMap};

/// Signs of a word.
const LENGTH_MAX: usize = 4;
/// Fewer times than this say nothing.
const TIMES_MIN: u64 = 3;
/// In natural units: so much more often together than by chance.
const COHESION_MIN: f64 = 1.8;
/// In natural units: as free as with two neighbors and a half, all alike.
const FREEDOM_MIN: f64 = 0.9;

/// Signs that join others and begin or end no word worth telling.
const PARTICLES: &str = "的了是在也都就还還和与與及把被给給让讓吗嗎呢吧啊呀哦嘛么麼我你您他她它们們这這那又而着着著得地个個";

/// Words that say nothing of what a text is about.
const COMMON: &str = "没有 沒有 可以 还是 就是 什么 什麼 怎么 怎麼 因为 因為 所以 但是 不过 不過 然后 然後 已经 已經 觉得 \
    覺得 真的 非常 比较 比較 有点 有點 时候 時候 如果 虽然 雖然 以后 以後 之前 现在 現在 今天 昨天 一下 一直 一般 一样 一樣 \
    一点 一點 不是 不会 不會 不能 不要 可能 应该 應該 感觉 感覺 知道 起来 起來 出来 出來 而且 只有 只是 还有 還有 不错 不錯 \
    很好 太差 挺好 一次 一起 之后 之後 以为 以為 后来 後來 发现 發現 居然 最后 最後 根本 自己 结果 結果 直接 不知道 第一次 \
    能不能 真的很 一如既往 只能 过来 過來 过去 過去 谢谢 謝謝 不是一 再也不 简直 簡直";

/// What is a word.
pub(super) struct Lexicon {
    /// With whether it is worth telling.
    words: BTreeMap<Vec<char>, bool>,
}

/// How often signs stand together, and what stands beside them.
#[derive(Default)]
struct Seen {
    times: u64,
    left: Neighbors,
    right: Neighbors,
}

#[derive(Default)]
struct Neighbors {
    signs: BTreeMap<char, u64>,
    /// At the edge of a run any sign might stand.
    edges: u64,
}

impl Lexicon {
    /// Learns from runs of signs, each with how often it comes.
    pub(super) fn of<'r, Runs: Iterator<Item = (&'r [char], u64)>>(
        runs: impl Fn() -> Runs,
    ) -> Self {
        let mut counts: HashMap<&[char], u64> = HashMap::new();
        let mut all = 0;
        for (run, times) in runs() {
            all += run.len() as u64 * times;
            for length in 1..=LENGTH_MAX {
                for signs in run.windows(length) {
                    *counts.entry(signs).or_default() += times;
                }
            }
        }
        let times = |signs: &[char]| counts.get(signs).copied().unwrap_or(0) as f64;
        let coheres = |signs: &[char]| {
            (1..signs.len()).all(|cut| {
                let (left, right) = signs.split_at(cut);
                let by_chance = times(left) * times(right) / all as f64;
                (times(signs) / by_chance).ln() >= COHESION_MIN
            })
        };
        // Neighbors are looked at of those only that may be words.
        let mut seen: BTreeMap<&[char], Seen> = (counts.iter())
            .filter(|(signs, times)| signs.len() > 1 && **times >= TIMES_MIN)
            .filter(|(signs, _)| !is_joined(signs) && coheres(signs))
            .map(|(signs, _)| (*signs, Seen::default()))
            .collect();
        for (run, times) in runs() {
            for length in 2..=LENGTH_MAX {
                for (start, signs) in run.windows(length).enumerate() {
                    if let Some(seen) = seen.get_mut(signs) {
                        let before = start.checked_sub(1).map(|it| run[it]);
                        seen.times += times;
                        seen.left.add(before, times);
                        seen.right.add(run.get(start + length).copied(), times);
                    }
                }
            }
        }
        let words = (seen.into_iter())
            .filter(|(_, it)| {
                it.left.entropy(it.times) >= FREEDOM_MIN
                    && it.right.entropy(it.times) >= FREEDOM_MIN
            })
            .map(|(signs, _)| {
                let word: String = signs.iter().collect();
                let is_common = COMMON.split_whitespace().any(|it| it == word);
                (signs.to_vec(), !is_common)
            })
            .collect();
        Self { words }
    }

    /// The words of a run that are worth telling: the longest that begins at each place, one behind the other.
    pub(super) fn words(&self, run: &[char]) -> Vec<String> {
        let mut words = Vec::new();
        let mut start = 0;
        while start < run.len() {
            let longest = (2..=LENGTH_MAX.min(run.len() - start))
                .rev()
                .find_map(|length| {
                    let signs = &run[start..start + length];
                    Some((length, *self.words.get(signs)?))
                });
            let Some((length, is_told)) = longest else {
                start += 1;
                continue;
            };
            if is_told {
                words.push(run[start..start + length].iter().collect());
            }
            start += length;
        }
        words
    }
}

fn is_joined(signs: &[char]) -> bool {
    let is_particle = |sign: Option<&char>| sign.is_some_and(|it| PARTICLES.contains(*it));
    is_particle(signs.first()) || is_particle(signs.last())
}

impl Neighbors {
    fn add(&mut self, sign: Option<char>, times: u64) {
        match sign {
            Some(sign) => *self.signs.entry(sign).or_default() += times,
            None => self.edges += times,
        }
    }

    /// In natural units; each edge counts as a neighbor of its own.
    fn entropy(&self, all: u64) -> f64 {
        let all = all as f64;
        let part = |times: f64| -(times / all) * (times / all).ln();
        let inner: f64 = self.signs.values().map(|it| part(*it as f64)).sum();
        inner + self.edges as f64 * part(1.0)
    }
}
