internal import FoundationEssentials

/// Going to an execution by its identifier.
enum ExecutionIdentifier {
    /// Asks for it.
    static func prompt<Command: Sendable & Hashable>(_ command: @escaping @Sendable (String) -> Command) -> Prompt {
        Prompt(
            "Go to an execution", hint: "Its identifier, or a text with it in",
            problem: { find(in: $0) == nil ? "There is no identifier in it" : nil }, command)
    }

    /// The first identifier in a text: pasted are also addresses, log lines and JSON.
    static func find(in text: String) -> UUID? {
        let parts = text.split { !($0.isHexDigit || $0 == "-") }
        for part in parts where part.count >= 36 {
            for start in 0...(part.count - 36) {
                if let id = UUID(uuidString: String(part.dropFirst(start).prefix(36))) { return id }
            }
        }
        return nil
    }
}
