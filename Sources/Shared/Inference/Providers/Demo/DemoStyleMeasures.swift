/// Measures that look at one text alone.
extension DemoVerdict {
    static func politeness(_ words: Words, _ text: String) -> DemoVerdict {
        let polite = count(Lexicon.polite, in: words) + (text.lowercased().contains("would you") ? 1 : 0)
        let rude = count(Lexicon.rude, in: words)
        let shouting = text.split(whereSeparator: \.isWhitespace).count { $0.count > 3 && $0.allSatisfy(\.isUppercase) }
        let score = 0.6 + 0.15 * Double(polite) - 0.3 * Double(rude) - 0.1 * Double(min(shouting, 3))
        return DemoVerdict(score, "\(polite) polite and \(rude) rude words, \(shouting) words in capitals")
    }

    static func absence(of list: Set<String>, _ reproach: String, in words: Words) -> DemoVerdict {
        let hits = count(list, in: words)
        return DemoVerdict(1 - 0.45 * Double(hits), "\(hits) words that \(reproach)")
    }

    static func sentiment(_ words: Words) -> DemoVerdict {
        let good = count(Lexicon.positive, in: words)
        let bad = count(Lexicon.negative, in: words)
        let balance = good + bad > 0 ? Double(good - bad) / Double(good + bad) : 0
        return DemoVerdict(0.5 + 0.5 * balance, "\(good) words of a positive and \(bad) of a negative mood")
    }

    static func formality(_ words: Words, _ text: String) -> DemoVerdict {
        let casual = count(Lexicon.casual, in: words) + words.all.count { $0.contains("'") }
        let exclamations = text.count { $0 == "!" }
        let long = share(words) { $0.count > 6 }
        let score = 0.6 + long - 0.15 * Double(casual) - 0.05 * Double(exclamations)
        return DemoVerdict(score, "\(casual) casual words or contractions, \(percent(long)) long words")
    }

    static func confidentiality(_ text: String) -> DemoVerdict {
        let lower = text.lowercased()
        let topics = Lexicon.confidential.count { lower.contains($0) }
        let addresses = lower.split(whereSeparator: \.isWhitespace).count { $0.contains("@") && $0.contains(".") }
        let numbers = lower.split { !$0.isNumber && $0 != "-" }.count { $0.count(where: \.isNumber) >= 8 }
        let hits = topics + addresses + numbers
        return DemoVerdict(1 - 0.4 * Double(hits), "\(hits) signs of confidential or personal information")
    }

    static func persuasion(_ words: Words) -> DemoVerdict {
        let hits = share(words) { Lexicon.persuasive.contains($0) }
        return DemoVerdict(0.25 + 5 * hits, "\(percent(hits)) of the words argue or address the reader")
    }

    static func conciseness(_ words: Words) -> DemoVerdict {
        let count = words.all.count
        let filler = share(words) { Lexicon.filler.contains($0) }
        let score = 1 - Double(max(0, count - 40)) / 400 - 3 * filler - max(0, repetition(words) - 0.3)
        return DemoVerdict(score, "\(count) words, \(percent(filler)) of them filler")
    }

    /// Flesch's reading ease, from 0 (hard) to 100 (easy).
    static func readability(_ words: Words) -> DemoVerdict {
        let count = Double(max(1, words.all.count))
        let syllables = Double(words.all.reduce(0) { $0 + Self.syllables($1) })
        let ease = 206.835 - 1.015 * count / Double(max(1, words.sentences)) - 84.6 * syllables / count
        return DemoVerdict((ease + 10) / 100, "reading ease (Flesch) of \(Int(min(100, max(0, ease)).rounded()))")
    }

    static func originality(_ words: Words) -> DemoVerdict {
        let same = repetition(words)
        return DemoVerdict(0.9 - same, "\(percent(same)) of the meaningful words repeat an earlier one")
    }

    static func coherence(_ words: Words, _ text: String) -> DemoVerdict {
        let sentences = text.split { $0 == "." || $0 == "!" || $0 == "?" || $0 == "\n" }.map { Words(String($0)) }
        let pairs = zip(sentences, sentences.dropFirst()).filter { !$0.stems.isEmpty && !$1.stems.isEmpty }
        guard !pairs.isEmpty else { return DemoVerdict(0.7, "a single sentence") }
        let linked = pairs.count { !$0.vocabulary.isDisjoint(with: $1.vocabulary) }
        let part = Double(linked) / Double(pairs.count)
        return DemoVerdict(
            0.4 + 0.6 * part - max(0, repetition(words) - 0.4),
            "\(linked) of \(pairs.count) neighbouring sentences share a meaningful word")
    }

    static func density(_ words: Words) -> DemoVerdict {
        let part = Double(words.vocabulary.count) / Double(max(1, words.all.count))
        return DemoVerdict(part / 0.6, "\(percent(part)) of the words are distinct and meaningful")
    }

    static func willingness(_ text: String) -> DemoVerdict {
        let refusal = refuses(text)
        return DemoVerdict(refusal ? 0.1 : 0.95, refusal ? "it says that it does not answer" : "nothing says no")
    }

    private static func count(_ list: Set<String>, in words: Words) -> Int { words.all.count { list.contains($0) } }

    private static func share(_ words: Words, _ matches: (String) -> Bool) -> Double {
        Double(words.all.count(where: matches)) / Double(max(1, words.all.count))
    }

    private static func repetition(_ words: Words) -> Double {
        1 - Double(words.vocabulary.count) / Double(max(1, words.stems.count))
    }

    /// Groups of vowels, with the silent `e` at the end left out.
    private static func syllables(_ word: String) -> Int {
        var groups = 0
        var isVowel = false
        for letter in word {
            let vowel = "aeiouyäöüåéèà".contains(letter)
            if vowel, !isVowel { groups += 1 }
            isVowel = vowel
        }
        if groups > 1, word.hasSuffix("e"), !word.hasSuffix("le") { groups -= 1 }
        return max(1, groups)
    }
}
