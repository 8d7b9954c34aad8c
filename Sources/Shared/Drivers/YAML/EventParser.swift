import CYAML

/// One step of libyaml through a document, copied out of its memory.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(text: String, isPlain: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    let kind: Kind
    let anchor: String?
    let tag: String?
    let line: Int
    let column: Int

    func error(_ problem: String) -> YAMLError { YAMLError(line: line, column: column, problem: problem) }
}

/// Owns one `yaml_parser_t` with its input; deletes it exactly once.
@safe final class EventParser {
    private let raw: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        unsafe raw = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: bytes.count)
        _ = unsafe input.initialize(from: bytes)
        // Fails only when memory is short, and then nothing can be done.
        precondition(unsafe yaml_parser_initialize(raw) == 1, "out of memory")
        unsafe yaml_parser_set_encoding(raw, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(raw, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(raw)
        unsafe raw.deallocate()
        unsafe input.deallocate()
    }

    func next() throws(YAMLError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(raw, &event) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&event) }
        let line = unsafe Int(event.start_mark.line) + 1
        let column = unsafe Int(event.start_mark.column) + 1
        let (kind, anchor, tag) = unsafe Self.contents(event)
        return YAMLEvent(kind: kind, anchor: anchor, tag: tag, line: line, column: column)
    }

    private static func contents(_ event: yaml_event_t) -> (YAMLEvent.Kind, anchor: String?, tag: String?) {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return (.streamStart, nil, nil)
        case YAML_DOCUMENT_START_EVENT: return (.documentStart, nil, nil)
        case YAML_DOCUMENT_END_EVENT: return (.documentEnd, nil, nil)
        case YAML_ALIAS_EVENT:
            return (.alias(unsafe string(event.data.alias.anchor) ?? ""), nil, nil)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            return (.scalar(text: text, isPlain: isPlain), unsafe string(scalar.anchor), unsafe string(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return (.sequenceStart, unsafe string(start.anchor), unsafe string(start.tag))
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, nil, nil)
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return (.mappingStart, unsafe string(start.anchor), unsafe string(start.tag))
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, nil, nil)
        default: return (.streamEnd, nil, nil)
        }
    }

    private static func string(_ pointer: UnsafePointer<UInt8>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }

    private func failure() -> YAMLError {
        let parser = unsafe raw.pointee
        let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "not readable as YAML"
        let context = unsafe parser.context.map { unsafe " \(String(cString: $0))" } ?? ""
        // Errors of the reader, such as bad UTF-8, come without a mark; the parser stands just before them.
        let hasMark = unsafe parser.error != YAML_READER_ERROR
        let mark = unsafe hasMark ? parser.problem_mark : parser.mark
        return YAMLError(line: Int(mark.line) + 1, column: Int(mark.column) + 1, problem: "\(problem)\(context)")
    }
}
