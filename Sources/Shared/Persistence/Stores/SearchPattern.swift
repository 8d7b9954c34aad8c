/// A text as a pattern of `LIKE`.
enum SearchPattern {
    /// Matches what contains the text; `%`, `_` and `\` in it stand for themselves.
    static func containing(_ text: String) -> String { "%" + beginning(with: text) }

    /// Matches what begins with the text.
    static func beginning(with text: String) -> String {
        var pattern = ""
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern + "%"
    }
}
