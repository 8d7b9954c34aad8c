internal import JSON

/// A tool of a catalogue in OpenAI's form, as far as the demonstration looks at it.
struct DemoTool {
    let name: String
    let words: Set<String>

    /// The tools of a catalogue; none when the text is no catalogue.
    static func catalogue(_ text: String) -> [DemoTool] {
        functions(text).map {
            DemoTool(
                name: $0.name, words: Words("\($0.name.replacing("_", with: " ")) \($0.description ?? "")").vocabulary)
        }
    }

    /// The names of the tools that calls in OpenAI's form call.
    static func names(_ calls: String) -> [String] { functions(calls).map(\.name) }

    /// How many words of the request the tool shares.
    func fit(_ request: Set<String>) -> Int { words.intersection(request).count }

    private struct Entry: Decodable {
        let function: Function?
        let name: String?
        let description: String?
    }

    private struct Function: Decodable {
        let name: String
        let description: String?
    }

    private static func functions(_ text: String) -> [Function] {
        do {
            return try JSONCodec.decode([Entry].self, from: Array(text.utf8)).compactMap { entry in
                entry.function ?? entry.name.map { Function(name: $0, description: entry.description) }
            }
        } catch {
            // The catalogue is the customer's text: whatever it is, there is no tool in it.
            return []
        }
    }
}
