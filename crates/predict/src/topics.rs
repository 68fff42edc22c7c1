//! What many short texts are about, without a model of any language.
//!
//! Texts are taken apart into words (`tokens`; `han` finds the words of Chinese, which has no blanks). Words that come
//! together in texts more often than chance brings them together become a topic (`cluster`): average-link
//! agglomeration over normalized pointwise mutual information (Bouma, "Normalized (pointwise) mutual information in
//! collocation extraction", 2009). Each text belongs to the topic whose words weigh most in it, each word weighing as
//! much as it is rare (Sparck Jones, "A statistical interpretation of term specificity", 1972). Nothing is left to
//! chance: the same texts give the same topics.

mod cluster;
mod han;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use self::{cluster::clusters, han::Lexicon, tokens::Piece};

/// Different texts that are looked at; those that come most often.
pub const TEXTS_MAX: usize = 50_000;
/// Words that are looked at.
const TERMS_MAX: usize = 240;
/// Topics that are told.
const TOPICS_MAX: usize = 30;
/// A word in a larger share of texts says nothing of what they are about.
const COMMON_SHARE: f64 = 0.6;
/// Texts that a word, and a topic, must be in.
const TEXTS_MIN: u64 = 3;

/// What texts are about.
#[derive(Clone, Debug, PartialEq)]
pub struct Topics {
    /// The one with most texts first.
    pub topics: Vec<Topic>,
    /// By text, in the order in which they were given; none where no topic fits.
    pub topic_of: Vec<Option<usize>>,
}

/// Words that come together.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// The heaviest first: it names the topic.
    pub terms: Vec<String>,
}

/// A word that is looked at.
struct Term {
    word: String,
    /// In how many texts it is.
    texts: u64,
    /// How much it says, the rarer the more.
    weight: f64,
}

/// Finds the topics of different texts, each with how often it comes.
pub fn topics(texts: &[(&str, u64)]) -> Topics {
    let words = words_of(texts);
    let all: u64 = texts.iter().map(|it| it.1).sum();
    let terms = terms(&words, texts, all);
    let index: BTreeMap<&str, usize> = (terms.iter().enumerate())
        .map(|(index, it)| (it.word.as_str(), index))
        .collect();
    let found: Vec<Vec<usize>> = (words.iter())
        .map(|words| {
            (words.iter())
                .filter_map(|it| index.get(it.as_str()).copied())
                .collect()
        })
        .collect();
    let clusters = clusters(&terms, &found, texts, all);
    sorted(&clusters, &terms, &found, texts)
}

/// The different words of each text.
fn words_of(texts: &[(&str, u64)]) -> Vec<BTreeSet<String>> {
    let pieces: Vec<Vec<Piece>> = texts.iter().map(|it| tokens::pieces(it.0)).collect();
    let runs = || {
        let each = pieces.iter().zip(texts);
        each.flat_map(|(pieces, it)| {
            pieces.iter().filter_map(|piece| match piece {
                Piece::Han(run) => Some((run.as_slice(), it.1)),
                Piece::Word(_) => None,
            })
        })
    };
    let lexicon = Lexicon::of(runs);
    let mut words: Vec<BTreeSet<String>> = (pieces.iter())
        .map(|pieces| {
            let mut words = BTreeSet::new();
            for piece in pieces {
                match piece {
                    Piece::Word(word) => {
                        words.insert(word.clone());
                    }
                    Piece::Han(run) => words.extend(lexicon.words(run)),
                }
            }
            words
        })
        .collect();
    let known: BTreeSet<String> = words.iter().flatten().cloned().collect();
    for words in &mut words {
        *words = (words.iter())
            .map(|it| tokens::singular(it, &known).to_owned())
            .collect();
    }
    words
}

/// The words that say most: in many texts, and not in nearly all.
fn terms(words: &[BTreeSet<String>], texts: &[(&str, u64)], all: u64) -> Vec<Term> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (words, (_, times)) in words.iter().zip(texts) {
        for word in words {
            *counts.entry(word).or_default() += times;
        }
    }
    let all = all as f64;
    let mut terms: Vec<Term> = (counts.into_iter())
        .filter(|(_, texts)| *texts >= TEXTS_MIN && *texts as f64 <= COMMON_SHARE * all)
        .map(|(word, texts)| Term {
            word: word.to_owned(),
            texts,
            weight: (all / texts as f64).ln(),
        })
        .collect();
    let size = |it: &Term| it.texts as f64 * it.weight;
    terms.sort_by(|a, b| size(b).total_cmp(&size(a)));
    terms.truncate(TERMS_MAX);
    terms
}

/// Gives each text its topic, and sorts topics by their texts.
fn sorted(
    clusters: &[Vec<usize>],
    terms: &[Term],
    found: &[Vec<usize>],
    texts: &[(&str, u64)],
) -> Topics {
    let mut cluster_of = vec![None; terms.len()];
    for (cluster, members) in clusters.iter().enumerate() {
        for term in members {
            cluster_of[*term] = Some(cluster);
        }
    }
    let best = |found: &Vec<usize>| -> Option<usize> {
        let mut weights: BTreeMap<usize, f64> = BTreeMap::new();
        for term in found {
            if let Some(cluster) = cluster_of[*term] {
                *weights.entry(cluster).or_default() += terms[*term].weight;
            }
        }
        // Of equal ones the first, which is that of the heaviest words.
        let best = weights.into_iter().reduce(|best, it| match it.1 > best.1 {
            true => it,
            false => best,
        });
        Some(best?.0)
    };
    let chosen: Vec<Option<usize>> = found.iter().map(best).collect();
    let mut sums = vec![0; clusters.len()];
    for (cluster, (_, times)) in chosen.iter().zip(texts) {
        if let Some(cluster) = cluster {
            sums[*cluster] += times;
        }
    }
    let mut order: Vec<usize> = (0..clusters.len())
        .filter(|it| sums[*it] >= TEXTS_MIN)
        .collect();
    order.sort_by_key(|it| (std::cmp::Reverse(sums[*it]), *it));
    order.truncate(TOPICS_MAX);
    let mut place_of = vec![None; clusters.len()];
    for (place, cluster) in order.iter().enumerate() {
        place_of[*cluster] = Some(place);
    }
    let told = |cluster: &usize| Topic {
        terms: (clusters[*cluster].iter())
            .map(|term| terms[*term].word.clone())
            .collect(),
    };
    Topics {
        topics: order.iter().map(told).collect(),
        topic_of: (chosen.into_iter())
            .map(|cluster| place_of[cluster?])
            .collect(),
    }
}

#[cfg(test)]
mod tests;
