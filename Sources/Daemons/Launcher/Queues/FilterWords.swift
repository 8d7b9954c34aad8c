internal import WireAPI

/// A filter as it stands on a command line: words such as `state=dead` and `queue=evaluations`.
package struct FilterWords: Sendable {
    let filter: OperatorJobFilter

    /// - Throws: `LauncherFailure` that names the word that is not understood.
    package init(_ words: [String]) throws(LauncherFailure) {
        var parameters: [(name: String, value: String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw LauncherFailure(
                    "“\(word)” is not a part of a filter. Write NAME=VALUE, such as state=dead.")
            }
            let name = String(word[..<equals])
            guard OperatorJobFilter.names.contains(name) else {
                throw LauncherFailure(
                    "A filter knows no \(name). Use: \(OperatorJobFilter.names.joined(separator: ", ")).")
            }
            parameters.append((name, String(word[word.index(after: equals)...])))
        }
        do throws(OperatorInvalidParameter) {
            filter = try OperatorJobFilter(parameters: parameters)
        } catch {
            throw LauncherFailure("\(error.name) must be \(error.expected).")
        }
    }
}
