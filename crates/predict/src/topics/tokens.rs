//! Texts taken apart: words where there are blanks, runs of signs where there are none.

use std::collections::BTreeSet;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// In lower case, and one that says something.
    Word(String),
    /// Chinese between two signs that are not.
    Han(Vec<char>),
}

/// Words that say nothing of what a text is about, in English.
const ENGLISH: &str = "a about after again all also always am an and any anyone are aren around as at away back be \
    because been before being both but by came can cant cannot come could couldn did didn didnt do does doesn doesnt \
    doing don dont done down each either else even ever every everyone few for from get gets getting give go goes going \
    gone got had has hasn have haven having he her here hers him his how however i ie if ill im in into is isn isnt it \
    its itself ive just keep know knows last least less let lets like ll made make makes making many may maybe me might \
    mine more most much must my myself need needs never no nor not nothing now of off often oh ok okay on once one only \
    or other others our ours out over own per please put quite rather re really said same saw say says see seem seems \
    seen shall she should since so some someone something soon still such sure take than thank thanks that thats the \
    their them then there these they thing things think this those though through thus to today together too took two \
    under until up upon us use used very via want wants was wasn way we well went were weren what when where which \
    while who whom whose why will with within without won wont would wouldn yes yet you your yours yourself ve amp rt \
    lol u ur";

/// The same in Portuguese and Spanish, which share many.
const IBERIAN: &str = "o os as um uma uns umas de do da dos das no na nos nas em por pelo pela para com sem que e é ou \
    mas se não nao sim já ja eu ele ela eles elas meu minha seu sua esta está estou estava este esse essa isso isto foi \
    foram ser são sao tem tenho tinha ter há ha muito muita mais menos bem bom boa como quando onde também tambem ainda \
    até ate só so ao aos à às me te lhe nós nos vocês você voce todo toda todos todas el la los las un una unos unas y \
    del al es son fue muy más mas pero si sí lo le les su sus mi mis este esta estos estas ese esa para por con sin";

/// Numbers and letters alone say nothing either.
const LETTERS_MIN: usize = 2;

/// Takes a text apart.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in text.split_whitespace() {
        // Addresses and names of others are no words.
        if part.starts_with("http") || part.starts_with("www.") || part.starts_with('@') {
            continue;
        }
        let mut word = String::new();
        let mut run = Vec::new();
        for sign in part.chars().chain([' ']) {
            let is_han = is_han(sign);
            // An apostrophe stands within a word, and is left out of it.
            let is_within = matches!(sign, '\'' | '\u{2019}') && !word.is_empty();
            if !is_han && !run.is_empty() {
                pieces.push(Piece::Han(std::mem::take(&mut run)));
            }
            if (is_han || !(sign.is_alphanumeric() || is_within)) && !word.is_empty() {
                pieces.extend(said(&word).map(Piece::Word));
                word.clear();
            }
            if is_han {
                run.push(sign);
            } else if sign.is_alphanumeric() {
                word.extend(sign.to_lowercase());
            }
        }
    }
    pieces
}

/// The signs that Chinese is written with.
pub(super) fn is_han(sign: char) -> bool {
    matches!(sign, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// A word that says something.
fn said(word: &str) -> Option<String> {
    let letters = word.chars().filter(|it| it.is_alphabetic()).count();
    let is_empty = |list: &str| list.split_whitespace().any(|it| it == word);
    (letters >= LETTERS_MIN && !is_empty(ENGLISH) && !is_empty(IBERIAN)).then(|| word.to_owned())
}

/// One of many, where the texts have that word too: no list of a language's forms is needed.
pub(super) fn singular<'w>(word: &'w str, known: &BTreeSet<String>) -> &'w str {
    match word.strip_suffix('s') {
        Some(one) if one.chars().count() >= 3 && !one.ends_with('s') && known.contains(one) => one,
        _ => word,
    }
}
