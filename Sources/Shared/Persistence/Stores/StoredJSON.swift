import JSON
import Postgres
import Scoring
import Records
import Tenancy

/// The parts of a log that are stored as JSON.
enum StoredJSON {
    /// `nil` for no turns.
    static func text(of turns: [Turn]) -> String? {
        guard !turns.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.beginArray()
        for turn in turns { write(turn, to: &writer) }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// `nil` for no variables.
    static func text(of variables: [String: String]) -> String? {
        guard !variables.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            writer.write(value)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// `nil` for no latencies.
    static func text(of latencies: [EvaluatorLatency]) -> String? {
        guard !latencies.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.beginArray()
        for latency in latencies {
            writer.beginObject()
            writer.key(Name.evaluator)
            writer.write(latency.evaluatorName)
            writer.key(Name.microseconds)
            writer.write(latency.duration.microseconds)
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Microseconds by where they were spent; `nil` for no timings.
    static func text(of timings: ExecutionTimings?) -> String? {
        guard let timings else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        func write(_ name: String, _ duration: Duration) {
            writer.key(name)
            writer.write(duration.microseconds)
        }
        write(Name.apiServer, timings.apiServer)
        write(Name.evaluationQueue, timings.evaluationQueue)
        write(Name.evaluation, timings.evaluation)
        switch timings.model {
        case .whole(let duration): write(Name.model, duration)
        case .parts(let queue, let proxy, let provider):
            write(Name.proxyQueue, queue)
            write(Name.proxy, proxy)
            write(Name.provider, provider)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// `nil` for no files.
    static func text(of files: [AttachedFile]) -> String? {
        guard !files.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.beginArray()
        for file in files {
            writer.object { writer in
                writer.member(Name.id, file.id.description)
                writer.member(Name.name, ExecutionLogStore.storable(file.name))
                writer.member(Name.mediaType, file.mediaType)
            }
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func files(from text: String?) throws -> [AttachedFile] {
        try elements(of: text).compactMap { value in
            guard let id = value[Name.id]?.stringValue.flatMap({ FileID($0) }),
                let name = value[Name.name]?.stringValue,
                let mediaType = value[Name.mediaType]?.stringValue
            else { return nil }
            return AttachedFile(id: id, name: name, mediaType: mediaType)
        }
    }

    static func timings(from text: String?) throws -> ExecutionTimings? {
        guard let text else { return nil }
        let value = try JSONParser.parse(text)
        func duration(_ name: String) -> Duration? { value[name]?.integerValue.map { .microseconds($0) } }
        guard let apiServer = duration(Name.apiServer), let queue = duration(Name.evaluationQueue),
            let evaluation = duration(Name.evaluation)
        else { return nil }
        var model = ExecutionTimings.ModelTime.whole(duration(Name.model) ?? .zero)
        if let waiting = duration(Name.proxyQueue), let proxy = duration(Name.proxy),
            let provider = duration(Name.provider)
        {
            model = .parts(queue: waiting, proxy: proxy, provider: provider)
        }
        return ExecutionTimings(apiServer: apiServer, evaluationQueue: queue, evaluation: evaluation, model: model)
    }

    static func turns(from text: String?) throws -> [Turn] {
        try elements(of: text).compactMap { value in
            guard let role = value[Name.role]?.stringValue.flatMap(Turn.Role.init(rawValue:)) else { return nil }
            return Turn(
                role: role, content: value[Name.content]?.stringValue,
                contexts: value[Name.contexts]?.arrayValue?.compactMap(\.stringValue) ?? [],
                toolCalls: value[Name.toolCalls].map { OpaqueJSON(text: $0.description) },
                toolCallID: value[Name.toolCallID]?.stringValue)
        }
    }

    static func variables(from text: String?) throws -> [String: String] {
        guard let text, let object = try JSONParser.parse(text).objectValue else { return [:] }
        return Dictionary(
            object.members.compactMap { member in member.value.stringValue.map { (member.key, $0) } },
            uniquingKeysWith: { _, last in last })
    }

    static func latencies(from text: String?) throws -> [EvaluatorLatency] {
        try elements(of: text).compactMap { value in
            guard let name = value[Name.evaluator]?.stringValue,
                let microseconds = value[Name.microseconds]?.integerValue
            else { return nil }
            return EvaluatorLatency(evaluatorName: name, duration: .microseconds(microseconds))
        }
    }

    private enum Name {
        static let role = "role"
        static let content = "content"
        static let contexts = "contexts"
        static let toolCalls = "tool_calls"
        static let toolCallID = "tool_call_id"
        static let id = "id"
        static let name = "name"
        static let mediaType = "media_type"
        static let evaluator = "evaluator_name"
        static let microseconds = "microseconds"
        static let apiServer = "apid"
        static let evaluationQueue = "evald_queue"
        static let evaluation = "evald"
        static let model = "model"
        static let proxyQueue = "llmproxyd_queue"
        static let proxy = "llmproxyd"
        static let provider = "provider"
    }

    private static func elements(of text: String?) throws -> [JSONValue] {
        guard let text else { return [] }
        return try JSONParser.parse(text).arrayValue ?? []
    }

    private static func write(_ turn: Turn, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key(Name.role)
        writer.write(turn.role.rawValue)
        if let content = turn.content {
            writer.key(Name.content)
            writer.write(content)
        }
        if !turn.contexts.isEmpty {
            writer.key(Name.contexts)
            writer.beginArray()
            for context in turn.contexts { writer.write(context) }
            writer.endArray()
        }
        if let toolCalls = turn.toolCalls {
            writer.key(Name.toolCalls)
            writer.writeRaw(Array(toolCalls.text.utf8))
        }
        if let toolCallID = turn.toolCallID {
            writer.key(Name.toolCallID)
            writer.write(toolCallID)
        }
        writer.endObject()
    }
}
