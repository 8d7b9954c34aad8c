internal import ChatModel
internal import JSON

/// Reads the tools of a chat completion request, and the choice among them.
enum CompletionToolReader {
    static func tools(_ value: JSONNode) throws(JSONDecodingError) -> [ChatTool] {
        var tools: [ChatTool] = []
        for tool in try value.elements() {
            guard try tool.required("type").text() == "function" else {
                tools.append(ChatTool(.opaque(RawJSON(tool.raw), .chatCompletions)))
                continue
            }
            let function = try tool.required("function")
            tools.append(
                ChatTool(
                    .function(
                        ChatTool.Function(
                            name: try function.required("name").text(),
                            description: try function["description"]?.text(),
                            parameters: function["parameters"].map { RawJSON($0.raw) },
                            isStrict: try function["strict"]?.flag())),
                    cache: try CompletionMessageReader.cache(tool)))
        }
        return tools
    }

    static func choice(_ value: JSONNode) throws(JSONDecodingError) -> ToolChoice {
        guard value.isObject else {
            switch try value.text() {
            case "auto": return .automatic
            case "none": return .forbidden
            // Mistral's word for it.
            case "required", "any": return .required
            default: throw value.mismatch("one of auto, none, required, or an object")
            }
        }
        guard try value.required("type").text() == "function" else {
            return .opaque(RawJSON(value.raw), .chatCompletions)
        }
        return .named(try value.required("function").required("name").text())
    }
}
