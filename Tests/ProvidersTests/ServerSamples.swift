import ChatModel
import Providers
import Testing

/// The same answer from the relatives of OpenAI, each with what it adds: in one piece, and as a stream.
enum ServerSamples {
    /// An answer as a server sends it, and what of it only some servers tell.
    struct Sample: Sendable, CustomTestStringConvertible {
        let kind: ProviderKind
        let whole: String
        let stream: [UInt8]
        var reasoning: String?
        var cached = 4
        var reasoned = 2
        var logprobs = false

        var testDescription: String { kind.rawValue }
    }

    static let all = [azure, vertex, groq, vllm, llamaCpp, ollama, openAI, compatible]

    private static let call =
        #""tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]"#
    private static let usage =
        #""usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}"#
    private static let plainUsage = #""usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}"#

    /// A chunk of a stream.
    private static func chunk(_ delta: String, _ finish: String? = nil, _ more: String = "") -> String {
        #"{"id":"x1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"#
            + delta + #"},"finish_reason":"# + (finish.map { "\"\($0)\"" } ?? "null") + "}]" + more + "}"
    }

    private static let callChunks = [
        chunk(
            #""tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"weather","arguments":""}}]"#),
        chunk(#""tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]"#),
        chunk(#""tool_calls":[{"index":0,"function":{"arguments":"\"Oslo\"}"}}]"#),
    ]

    private static func usageChunk(_ usage: String) -> String {
        #"{"id":"x1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[],\#(usage)}"#
    }

    static let azure = Sample(
        kind: .azureOpenAI,
        whole: #"""
            {"id":"x1","object":"chat.completion","created":1,"model":"m-1","system_fingerprint":"fp",
            "prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,
            "severity":"safe"},"jailbreak":{"filtered":false,"detected":false}}}],
            "choices":[{"index":0,"finish_reason":"tool_calls","logprobs":null,"content_filter_results":{"hate":
            {"filtered":false,"severity":"safe"}},"message":{"role":"assistant","content":"hi","refusal":null,
            "annotations":[],\#(call)}}],\#(usage)}
            """#,
        stream: StreamSamples.events(
            [
                // What the filter thinks of the prompt comes first, without an answer or a name.
                #"{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}"#,
                chunk(#""role":"assistant","content":"","refusal":null"#),
                chunk(#""content":"hi""#, nil, #","content_filter_results":{"hate":{"filtered":false}}"#),
            ] + callChunks + [chunk("", "tool_calls"), usageChunk(usage), "[DONE]"]))

    static let openAI = Sample(
        kind: .openAI,
        whole: #"""
            {"id":"x1","object":"chat.completion","created":1,"model":"m-1","service_tier":"default",
            "choices":[{"index":0,"finish_reason":"tool_calls","logprobs":{"content":[{"token":"hi","logprob":-0.5,
            "bytes":[104,105],"top_logprobs":[{"token":"hi","logprob":-0.5,"bytes":[104,105]}]}],"refusal":null},
            "message":{"role":"assistant","content":"hi","refusal":null,"annotations":[],\#(call)}}],\#(usage)}
            """#,
        stream: StreamSamples.events(
            [
                chunk(#""role":"assistant","content":"""#, nil, #","obfuscation":"aB3""#),
                #"{"id":"x1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"content":"hi"},"logprobs":{"content":[{"token":"hi","logprob":-0.5,"bytes":null,"top_logprobs":[]}],"refusal":null},"finish_reason":null}]}"#,
            ] + callChunks + [chunk("", "tool_calls"), usageChunk(usage), "[DONE]"]), logprobs: true)

    static let groq = Sample(
        kind: .groq,
        whole: #"""
            {"id":"x1","object":"chat.completion","created":1,"model":"m-1","choices":[{"index":0,
            "finish_reason":"tool_calls","message":{"role":"assistant","content":"hi","reasoning":"Hmm",\#(call)}}],
            "usage":{"queue_time":0.1,"prompt_tokens":10,"prompt_time":0.2,"completion_tokens":5,"completion_time":0.3,
            "total_tokens":15,"total_time":0.6,"prompt_tokens_details":{"cached_tokens":4},
            "completion_tokens_details":{"reasoning_tokens":2}},"x_groq":{"id":"req_1"}}
            """#,
        stream: StreamSamples.events(
            [
                chunk(#""role":"assistant","reasoning":"Hmm""#, nil, #","x_groq":{"id":"req_1"}"#),
                chunk(#""content":"hi""#),
            ]
                + callChunks + [chunk("", "tool_calls", #","x_groq":{"id":"req_1",\#(usage)}"#), "[DONE]"]),
        reasoning: "Hmm")

    static let vllm = Sample(
        kind: .vllm,
        whole: #"""
            {"id":"x1","object":"chat.completion","created":1,"model":"m-1","choices":[{"index":0,
            "finish_reason":"tool_calls","stop_reason":null,"token_ids":null,"message":{"role":"assistant",
            "content":"hi","reasoning":"Hmm","function_call":null,"audio":null,\#(call)}}],
            "prompt_logprobs":null,"kv_transfer_params":null,\#(usage)}
            """#,
        stream: StreamSamples.events(
            [chunk(#""role":"assistant","content":"""#), chunk(#""reasoning":"Hmm""#), chunk(#""content":"hi""#)]
                + callChunks + [chunk("", "tool_calls", #","stop_reason":null"#), usageChunk(usage), "[DONE]"]),
        reasoning: "Hmm")

    static let llamaCpp = Sample(
        kind: .llamaCpp,
        whole: #"""
            {"choices":[{"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":"hi",
            "reasoning_content":"Hmm",\#(call)}}],"created":1,"model":"m-1","system_fingerprint":"b1","id":"x1",
            "object":"chat.completion",\#(plainUsage),"timings":{"prompt_n":10,"predicted_n":5,"predicted_ms":9.5}}
            """#,
        stream: StreamSamples.events(
            [
                chunk(#""role":"assistant","content":null"#), chunk(#""reasoning_content":"Hmm""#),
                chunk(#""content":"hi""#),
            ] + callChunks + [
                chunk("", "tool_calls"), usageChunk(plainUsage + #","timings":{"prompt_n":10}"#), "[DONE]",
            ]),
        reasoning: "Hmm", cached: 0, reasoned: 0)

    static let ollama = Sample(
        kind: .ollama,
        whole: #"""
            {"id":"x1","object":"chat.completion","created":1,"model":"m-1","system_fingerprint":"fp_ollama",
            "choices":[{"index":0,"message":{"role":"assistant","content":"hi","reasoning":"Hmm",
            "tool_calls":[{"id":"c1","index":0,"type":"function","function":{"name":"weather",
            "arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":"tool_calls"}],\#(plainUsage)}
            """#,
        // It sends a call in one piece.
        stream: StreamSamples.events([
            chunk(#""role":"assistant","content":"","reasoning":"Hmm""#), chunk(#""role":"assistant","content":"hi""#),
            chunk(
                #""role":"assistant","content":"","tool_calls":[{"id":"c1","index":0,"type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]"#
            ), chunk(#""role":"assistant","content":"""#, "tool_calls"), usageChunk(plainUsage), "[DONE]",
        ]), reasoning: "Hmm", cached: 0, reasoned: 0)

    /// A server that sends no more than it must.
    static let compatible = Sample(
        kind: .openAICompatible,
        whole: #"{"choices":[{"message":{"content":"hi",\#(call)},"finish_reason":"tool_calls"}],\#(plainUsage)}"#,
        stream: StreamSamples.events(
            [#"{"choices":[{"delta":{"content":"hi"}}]}"#]
                + [
                    #"{"choices":[{"delta":{"tool_calls":[{"id":"c1","function":{"name":"weather","arguments":"{\"city\":"}}]}}]}"#,
                    #"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"\"Oslo\"}"}}]},"finish_reason":"tool_calls"}],\#(plainUsage)}"#,
                ]), cached: 0, reasoned: 0)

    static let vertex = Sample(
        kind: .vertexAI,
        whole: #"""
            {"candidates":[{"content":{"role":"model","parts":[{"text":"Hmm","thought":true},{"text":"hi"},
            {"functionCall":{"id":"c1","name":"weather","args":{"city":"Oslo"}}}]},"finishReason":"STOP",
            "avgLogprobs":-0.1,"safetyRatings":[{"category":"HARM_CATEGORY_HATE_SPEECH","probability":"NEGLIGIBLE"}]}],
            "usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":3,
            "thoughtsTokenCount":2,"totalTokenCount":15,"trafficType":"ON_DEMAND"},"modelVersion":"m-1",
            "createTime":"2026-11-23T06:00:00Z","responseId":"x1"}
            """#,
        stream: StreamSamples.events(
            [
                #"{"candidates":[{"content":{"role":"model","parts":[{"text":"Hmm","thought":true}]}}],"usageMetadata":{"trafficType":"ON_DEMAND"},"modelVersion":"m-1","responseId":"x1"}"#,
                #"{"candidates":[{"content":{"role":"model","parts":[{"text":"hi"},{"functionCall":{"id":"c1","name":"weather","args":{"city":"Oslo"}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":3,"thoughtsTokenCount":2,"totalTokenCount":15},"modelVersion":"m-1","responseId":"x1"}"#,
            ], lineEnd: "\r\n"), reasoning: "Hmm")
}
