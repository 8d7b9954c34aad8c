internal import Scoring

extension TextFolding {
    /// The text without the differences that do not count.
    func fold(_ text: String) -> String {
        var folded = ignoresCase ? text.lowercased() : text
        if ignoresPunctuation {
            folded.unicodeScalars.removeAll { $0.properties.generalCategory.shortName.hasPrefix("P") }
        }
        if ignoresWhitespace { folded = folded.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        return folded
    }

    /// What is ignored, in words; empty when nothing is.
    var words: String {
        let ignored = [
            ignoresCase ? "case" : nil, ignoresWhitespace ? "white space" : nil,
            ignoresPunctuation ? "punctuation" : nil,
        ].compactMap { $0 }
        return ignored.isEmpty ? "" : ", not counting \(ignored.joined(separator: " and "))"
    }
}
