internal import WireAPI

/// A filter of jobs as it stands on a command line: words such as `state=dead` and `queue=evaluations`.
package struct FilterWords: Sendable {
    let filter: OperatorJobFilter

    /// - Throws: `LauncherFailure` that names the word that is not understood.
    package init(_ words: [String]) throws(LauncherFailure) {
        let parameters = try FilterParameters.read(words, names: OperatorJobFilter.names, example: "state=dead")
        filter = try FilterParameters.told { () throws(OperatorInvalidParameter) in
            try OperatorJobFilter(parameters: parameters)
        }
    }
}
