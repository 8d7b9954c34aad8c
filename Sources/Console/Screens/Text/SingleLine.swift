extension String {
    /// In one line, as rows of lists show it.
    var singleLine: String { String(map { $0.isNewline || $0 == "\t" ? " " : $0 }) }
}
