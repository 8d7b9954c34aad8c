/// The question for a file whose items are to be imported.
enum ImportPrompt {
    static func prompt<Command: Sendable & Hashable>(_ command: @escaping @Sendable (String) -> Command) -> Prompt {
        Prompt(
            "Which file", hint: "A path of this machine: CSV with the names of its columns in the first line, or JSONL",
            problem: { $0.isEmpty ? "A path, such as ~/questions.csv" : nil }, command)
    }

    /// What a dataset of the file is called.
    static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    }
}
