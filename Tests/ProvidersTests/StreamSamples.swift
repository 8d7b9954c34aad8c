import ChatModel
import Providers

/// Streams as the providers send them: thoughts, a text, a call of a tool in two pieces, the count of tokens.
enum StreamSamples {
    static let completions = events([
        #"{"id":"x1","object":"chat.completion.chunk","created":1,"model":"gpt-6","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#,
        #"{"id":"x1","model":"gpt-6","choices":[{"index":0,"delta":{"content":"Høi "},"finish_reason":null}]}"#,
        #"{"id":"x1","model":"gpt-6","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"weather","arguments":""}}]},"finish_reason":null}]}"#,
        #"{"id":"x1","model":"gpt-6","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}}]}"#,
        #"{"id":"x1","model":"gpt-6","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Oslo\"}"}}]}}]}"#,
        #"{"id":"x1","model":"gpt-6","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
        #"{"id":"x1","model":"gpt-6","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}"#,
        "[DONE]",
    ])

    static let messages = named([
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"usage":{"input_tokens":3,"cache_read_input_tokens":4,"cache_creation_input_tokens":3,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},"output_tokens":1}}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hmm"}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig="}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"ping"}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Høi "}}"#,
        #"{"type":"content_block_stop","index":1}"#,
        #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"c1","name":"weather","input":{}}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"Oslo\"}"}}"#,
        #"{"type":"content_block_stop","index":2}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":5,"output_tokens_details":{"thinking_tokens":2}}}"#,
        #"{"type":"message_stop"}"#,
    ])

    static let responses = named([
        #"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":"gpt-6","status":"in_progress","output":[]}}"#,
        #"{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[]}}"#,
        #"{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Hmm"}"#,
        #"{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hmm"}],"encrypted_content":"enc="}}"#,
        #"{"type":"response.output_text.delta","item_id":"m1","output_index":1,"content_index":0,"delta":"Høi "}"#,
        #"{"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","id":"fc_1","call_id":"c1","name":"weather","arguments":""}}"#,
        #"{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"city\":"}"#,
        #"{"type":"response.function_call_arguments.delta","output_index":2,"delta":"\"Oslo\"}"}"#,
        #"{"type":"response.output_item.done","output_index":2,"item":{"type":"function_call","id":"fc_1","call_id":"c1","name":"weather","arguments":"{\"city\":\"Oslo\"}"}}"#,
        #"{"type":"response.completed","response":{"id":"resp_1","model":"gpt-6","status":"completed","error":null,"output":[],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":15}}}"#,
    ])

    static let gemini = events(
        [
            #"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hmm","thought":true}]}}],"usageMetadata":{"promptTokenCount":10,"totalTokenCount":10},"modelVersion":"gemini-x","responseId":"r1"}"#,
            #"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Høi "}]}}],"modelVersion":"gemini-x","responseId":"r1"}"#,
            #"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"functionCall":{"name":"weather","args":{"city":"Oslo"}},"thoughtSignature":"sig="}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":3,"thoughtsTokenCount":2,"totalTokenCount":15},"modelVersion":"gemini-x","responseId":"r1"}"#,
        ], lineEnd: "\r\n")

    static let cohere = events([
        #"{"type":"message-start","id":"x1","delta":{"message":{"role":"assistant"}}}"#,
        #"{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"Hmm"}}}"#,
        #"{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}"#,
        #"{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Høi "}}}}"#,
        #"{"type":"content-end","index":0}"#,
        #"{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function","function":{"name":"weather","arguments":""}}}}}"#,
        #"{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"city\":"}}}}}"#,
        #"{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"\"Oslo\"}"}}}}}"#,
        #"{"type":"tool-call-end","index":0}"#,
        #"{"type":"message-end","delta":{"finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":10,"output_tokens":5},"tokens":{"input_tokens":99,"output_tokens":5},"cached_tokens":4}}}"#,
    ])

    static let mistral = events([
        #"{"id":"x1","model":"magistral","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
        #"{"id":"x1","model":"magistral","choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hmm"}]}]},"finish_reason":null}]}"#,
        #"{"id":"x1","model":"magistral","choices":[{"index":0,"delta":{"content":[{"type":"text","text":"Høi "}]},"finish_reason":null}]}"#,
        #"{"id":"x1","model":"magistral","choices":[{"index":0,"delta":{"tool_calls":[{"id":"c1","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}"#,
        "[DONE]",
    ])

    static let groq = events([
        #"{"id":"x1","model":"llama","x_groq":{"id":"req_1"},"choices":[{"index":0,"delta":{"role":"assistant","reasoning":"Hmm"},"finish_reason":null}]}"#,
        #"{"id":"x1","model":"llama","choices":[{"index":0,"delta":{"content":"Høi "},"finish_reason":null}]}"#,
        #"{"id":"x1","model":"llama","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":null}]}"#,
        #"{"id":"x1","model":"llama","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"x_groq":{"id":"req_1","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"queue_time":0.1}}}"#,
        "[DONE]",
    ])

    static let openRouter =
        Array(": OPENROUTER PROCESSING\n\n".utf8)
        + events([
            #"{"id":"x1","provider":"X","model":"a/b","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Hmm","reasoning_details":[{"type":"reasoning.text","text":"Hmm","format":"anthropic-claude-v1","index":0}]},"finish_reason":null}]}"#,
            #"{"id":"x1","model":"a/b","choices":[{"index":0,"delta":{"content":"","reasoning_details":[{"type":"reasoning.text","signature":"sig=","format":"anthropic-claude-v1","index":0}]}}]}"#,
            #"{"id":"x1","model":"a/b","choices":[{"index":0,"delta":{"content":"Høi "}}]}"#,
            #"{"id":"x1","model":"a/b","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":"tool_calls","native_finish_reason":"tool_use"}]}"#,
            #"{"id":"x1","model":"a/b","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"cost":0.00123,"is_byok":false}}"#,
            "[DONE]",
        ])

    static let bedrock = AmazonFrames.encode([
        ("messageStart", #"{"role":"assistant"}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hmm"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"sig="}}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":0}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"text":"Høi "}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":1}"#),
        ("contentBlockStart", #"{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"c1","name":"weather"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"city\":"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"\"Oslo\"}"}}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":2}"#),
        ("messageStop", #"{"stopReason":"tool_use"}"#),
        (
            "metadata",
            #"{"usage":{"inputTokens":3,"outputTokens":5,"totalTokens":15,"cacheReadInputTokens":4,"cacheWriteInputTokens":3,"cacheDetails":[{"ttl":"1h","inputTokens":2}]},"metrics":{"latencyMs":1}}"#
        ),
    ])

    /// Events without names.
    static func events(_ documents: [String], lineEnd: String = "\n") -> [UInt8] {
        documents.flatMap { Array("data: \($0)\(lineEnd)\(lineEnd)".utf8) }
    }

    /// Events that bear the name in their `type`.
    static func named(_ documents: [String]) -> [UInt8] {
        documents.flatMap { document in
            let type = document.dropFirst(9).prefix { $0 != "\"" }
            return Array("event: \(type)\ndata: \(document)\n\n".utf8)
        }
    }
}

/// AWS's binary event stream, written the long way round.
enum AmazonFrames {
    static func encode(_ events: [(type: String, payload: String)]) -> [UInt8] {
        events.flatMap {
            encode([(":event-type", $0.type), (":message-type", "event")], Array($0.payload.utf8))
        }
    }

    static func encode(_ headers: [(String, String)], _ payload: [UInt8]) -> [UInt8] {
        var block: [UInt8] = []
        for (name, value) in headers {
            block.append(UInt8(name.utf8.count))
            block += name.utf8
            block.append(7)
            block += [UInt8(value.utf8.count >> 8), UInt8(value.utf8.count & 255)]
            block += value.utf8
        }
        var frame = number(16 + block.count + payload.count) + number(block.count)
        frame += number(checksum(frame))
        frame += block + payload
        return frame + number(checksum(frame))
    }

    private static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> Int {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
        return Int(~value)
    }
}
