/// Counts the syllables of English words by their letters. No list of words is at hand, so that it is a rule with
/// exceptions: on running text it is within a few hundredths of a syllable a word of the CMU pronouncing dictionary,
/// which the library textstat looks words up in.
enum Syllables {
    /// At least 1.
    static func count(in word: String) -> Int {
        let letters = Array(word.lowercased().unicodeScalars.filter { $0 != "'" })
        guard !letters.isEmpty else { return 1 }
        var count = 0
        var wasVowel = false
        for (place, letter) in letters.enumerated() {
            let isVowel = isVowel(letter, at: place, in: letters)
            if isVowel, !wasVowel || isHiatus(letters, place) { count += 1 }
            wasVowel = isVowel
        }
        return max(1, count - silentEndings(letters))
    }

    private static func isVowel(_ letter: Unicode.Scalar, at place: Int, in letters: [Unicode.Scalar]) -> Bool {
        switch letter {
        case "a", "e", "i", "o", "u": !(letter == "u" && place > 0 && letters[place - 1] == "q")
        case "y": place > 0
        default: !letter.isASCII && "àáâãäåæèéêëìíîïòóôõöøœùúûüýÿ".unicodeScalars.contains(letter)
        }
    }

    /// Whether the vowel begins a syllable although another one stands before it.
    private static func isHiatus(_ letters: [Unicode.Scalar], _ place: Int) -> Bool {
        guard place > 0 else { return false }
        let pair = (letters[place - 1], letters[place])
        let following = place + 1 < letters.count ? letters[place + 1] : " "
        let before = place > 1 ? letters[place - 2] : " "
        switch pair {
        // piano, but not special, social, Asian or brilliant
        case ("i", "a"): return !["c", "t", "s", "g", "l"].contains(before) || following == "t"
        // radio, but not nation or million
        case ("i", "o"): return !["t", "s", "c", "g", "l", "x", "n"].contains(before)
        // science and quiet, but not ancient, friend or movie
        case ("i", "e"): return following == "t" || before == "c" && following == "n" && place == 2
        case ("i", "u"): return true
        // create and idea, but not read
        case ("e", "a"): return before == "r" && following == "t" && place + 2 < letters.count
        case ("e", "o"):
            return following != "p" && following != "u" && following != "n" || following == "n" && before == "l"
        case ("u", "a"): return !["g", "q"].contains(before)
        case ("u", "i"): return following == "n" && !["g", "q"].contains(before)
        case ("o", "e"): return following == "m" || following == "t"
        case ("y", "i"), ("u", "o"), ("i", "i"), ("a", "o"): return true
        default: return false
        }
    }

    /// Vowels at the end that are written and not spoken.
    private static func silentEndings(_ letters: [Unicode.Scalar]) -> Int {
        let word = String(String.UnicodeScalarView(letters))
        if word.hasSuffix("e"), letters.count > 2 { return isSilentE(letters) ? 1 : 0 }
        guard letters.count > 3 else { return 0 }
        let before = letters[letters.count - 3]
        if word.hasSuffix("ed") { return before == "t" || before == "d" || isVowel(before, at: 1, in: letters) ? 0 : 1 }
        if word.hasSuffix("es") {
            let isSpoken =
                ["s", "z", "x", "c", "g"].contains(before) || word.hasSuffix("ches") || word.hasSuffix("shes")
                || isVowel(before, at: 1, in: letters)
            return isSpoken || isConsonantL(letters.dropLast()) ? 0 : 1
        }
        if word.hasSuffix("ely") || word.hasSuffix("eful") || word.hasSuffix("ement") || word.hasSuffix("eless") {
            return 1
        }
        return 0
    }

    private static func isSilentE(_ letters: [Unicode.Scalar]) -> Bool {
        let before = letters[letters.count - 2]
        // Together with another vowel it is no syllable of its own anyway; -le behind a consonant is one.
        return !isVowel(before, at: letters.count - 2, in: letters) && !isConsonantL(letters[...])
    }

    /// Whether the word ends with a consonant and “le”, as in table.
    private static func isConsonantL(_ letters: ArraySlice<Unicode.Scalar>) -> Bool {
        guard letters.count > 3, letters.last == "e" else { return false }
        let word = Array(letters)
        return word[word.count - 2] == "l" && !isVowel(word[word.count - 3], at: 1, in: word)
    }
}
