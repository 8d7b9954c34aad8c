internal import FoundationEssentials
internal import WireAPI

/// What of an execution can be copied.
enum ExecutionCopies {
    /// What a list row alone tells.
    static func of(_ row: OperatorExecutionRow) -> [Copy] {
        var copies = [
            Copy("i", "identifier", row.id.lowercase), Copy("n", "name", row.name),
            Copy("j", "JSON", ExecutionText.indented(Sheet.json(row))),
        ]
        if let session = row.sessionID { copies.append(Copy("s", "session", session)) }
        return copies
    }

    /// Everything that is known.
    static func of(_ detail: OperatorExecutionDetail) -> [Copy] {
        var copies = [
            Copy("i", "identifier", detail.execution.id.lowercase), Copy("n", "name", detail.execution.name),
            Copy("j", "JSON, everything", ExecutionText.indented(Sheet.json(detail))),
        ]
        if let command = CurlCommand(detail) { copies.append(Copy("c", "curl that does the same", command.text)) }
        func add(_ letter: Unicode.Scalar, _ label: String, _ text: String?) {
            if let text, !text.isEmpty { copies.append(Copy(letter, label, text)) }
        }
        add("r", "request", detail.request)
        add("a", "response (answer)", detail.response)
        add("t", "justification (text)", detail.justification)
        add("p", "rendered prompt", detail.renderedPrompt)
        add("w", "raw reply", detail.rawReply)
        add("s", "session", detail.execution.sessionID)
        add("u", "request's identifier", detail.requestID)
        return copies
    }
}
