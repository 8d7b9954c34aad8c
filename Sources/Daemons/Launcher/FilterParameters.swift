internal import WireAPI

/// The parameters of a filter as they stand on a command line: words such as `state=dead`.
enum FilterParameters {
    /// - Throws: `LauncherFailure` that names the word that is not understood.
    static func read(
        _ words: [String], names: [String], example: String
    ) throws(LauncherFailure) -> [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw LauncherFailure("“\(word)” is not a part of a filter. Write NAME=VALUE, such as \(example).")
            }
            let name = String(word[..<equals])
            guard names.contains(name) else {
                throw LauncherFailure("A filter knows no \(name). Use: \(names.joined(separator: ", ")).")
            }
            parameters.append((name, String(word[word.index(after: equals)...])))
        }
        return parameters
    }

    /// What of a filter cannot be meant so is told as such.
    static func told<Filter>(
        _ body: () throws(OperatorInvalidParameter) -> Filter
    ) throws(LauncherFailure) -> Filter {
        do throws(OperatorInvalidParameter) {
            return try body()
        } catch {
            throw LauncherFailure("\(error.name) must be \(error.expected).")
        }
    }
}
