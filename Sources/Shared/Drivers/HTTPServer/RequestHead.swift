internal import CMicrohttpd
internal import Glibc
internal import HTTPMessages

/// A request's method and fields, checked beyond what the daemon checks, and how its body is framed.
struct RequestHead {
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    let method: HTTPMethod
    let headers: HTTPHeaders
    let framing: Framing
    let expectsContinue: Bool

    /// Reads the head of `connection`, whose header is complete.
    ///
    /// The daemon reads leniently: it takes bare line feeds, sees values end at a NUL and the header at a line that
    /// begins with a colon, and puts folded lines elsewhere. But it reads in place, so all that it overlooked shows as
    /// a gap: method, target, version and every field must stand side by side in its buffer.
    static func read(_ connection: OpaquePointer, _ call: AccessCall, limit: Int) -> Result<RequestHead, HTTPRefusal> {
        let size = unsafe cm_header_size(connection)
        guard size <= limit else { return .failure(.headersTooLarge) }
        let methodLength = unsafe strlen(call.method)
        let methodBytes = unsafe UnsafeRawBufferPointer(start: call.method, count: methodLength)
        guard unsafe call.method + methodLength + 1 == call.target, unsafe methodBytes.allSatisfy(FieldSyntax.isToken)
        else { return .failure(.malformed) }
        var scan = unsafe FieldScan(from: call.version + strlen(call.version) + FieldScan.lineEnd)
        unsafe withUnsafeMutablePointer(to: &scan) { scan in
            _ = unsafe MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { scan, _, name, nameLength, value, valueLength in
                    guard let scan = unsafe scan, let name = unsafe name, let value = unsafe value else { return .NO }
                    return unsafe scan.assumingMemoryBound(to: FieldScan.self).pointee.add(
                        UnsafeRawBufferPointer(start: name, count: nameLength),
                        UnsafeRawBufferPointer(start: value, count: valueLength)) ? .YES : .NO
                }, scan)
        }
        guard unsafe scan.ends(at: call.method + size) else { return .failure(.malformed) }
        if let refusal = scan.refusal(isHTTP10: call.isHTTP10) { return .failure(refusal) }
        return .success(
            RequestHead(
                method: unsafe HTTPMethod(rawValue: String(decoding: methodBytes, as: UTF8.self)),
                headers: scan.headers, framing: scan.framing, expectsContinue: scan.expectsContinue))
    }
}

/// Collects the fields one by one and notices what makes a request ambiguous: two servers in a row that read its end
/// at different places are how requests are smuggled.
@safe struct FieldScan {
    /// CR and LF, which the daemon has overwritten.
    static let lineEnd = 2

    /// Where the next field must begin.
    private var next: UnsafeRawPointer
    private(set) var headers = HTTPHeaders()
    private(set) var expectsContinue = false
    private var isMalformed = false
    private var hosts = 0
    private var lengths = 0
    private var length = 0
    private var codings = 0
    private var isChunked = false

    var framing: RequestHead.Framing {
        if codings > 0 { return .chunked }
        return length > 0 ? .length(length) : .none
    }

    /// What is wrong with the fields as a whole.
    func refusal(isHTTP10: Bool) -> HTTPRefusal? {
        if isMalformed || lengths > 1 || codings > 1 || hosts > 1 { return .malformed }
        if codings > 0 && (lengths > 0 || isHTTP10) { return .malformed }
        if hosts == 0 && !isHTTP10 { return .malformed }
        if codings > 0 && !isChunked { return .unknownTransferCoding }
        return nil
    }

    init(from start: UnsafePointer<CChar>) { unsafe next = UnsafeRawPointer(start) }

    /// Whether the header ends, with an empty line, at `end`.
    func ends(at end: UnsafePointer<CChar>) -> Bool { unsafe next + Self.lineEnd == UnsafeRawPointer(end) }

    /// Adds one field; `false` stops the reading.
    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        guard let start = name.baseAddress, let valueStart = value.baseAddress, unsafe start == next,
            unsafe isColonAndSpace(from: start + name.count, to: valueStart), unsafe !name.isEmpty,
            unsafe name.allSatisfy(FieldSyntax.isToken), unsafe value.allSatisfy(FieldSyntax.isValue)
        else {
            isMalformed = true
            return false
        }
        unsafe next = valueStart + value.count + Self.lineEnd
        let trimmed = unsafe Self.trimmed(value)
        unsafe note(name, trimmed)
        unsafe headers.add(String(decoding: name, as: UTF8.self), String(decoding: trimmed, as: UTF8.self))
        return true
    }

    /// The colon, which the daemon has overwritten, and white space are all that may stand before a value.
    private func isColonAndSpace(from colon: UnsafeRawPointer, to value: UnsafeRawPointer) -> Bool {
        let count = unsafe value - colon
        guard count >= 1 else { return false }
        let gap = unsafe UnsafeRawBufferPointer(start: colon + 1, count: count - 1)
        return unsafe gap.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    private mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        switch name.count {
        case 4 where unsafe Self.same(name, "host"): hosts += 1
        case 6 where unsafe Self.same(name, "expect"):
            expectsContinue = unsafe expectsContinue || Self.same(value, "100-continue")
        case 14 where unsafe Self.same(name, "content-length"):
            lengths += 1
            guard let number = unsafe Self.number(value) else { return isMalformed = true }
            length = number
        case 17 where unsafe Self.same(name, "transfer-encoding"):
            codings += 1
            isChunked = unsafe Self.same(value, "chunked")
        default: break
        }
    }

    private static func trimmed(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let isText = { (byte: UInt8) in byte != 0x20 && byte != 0x09 }
        guard let first = unsafe value.firstIndex(where: isText), let last = unsafe value.lastIndex(where: isText)
        else {
            return unsafe UnsafeRawBufferPointer(rebasing: value[..<0])
        }
        return unsafe UnsafeRawBufferPointer(rebasing: value[first...last])
    }

    private static func same(_ bytes: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { expected in
            unsafe bytes.count == expected.count && zip(bytes, expected).allSatisfy { $0 | 0x20 == $1 || $0 == $1 }
        }
    }

    private static func number(_ digits: UnsafeRawBufferPointer) -> Int? {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard unsafe !digits.isEmpty, digits.count <= 18, unsafe digits.allSatisfy(isDigit) else { return nil }
        return unsafe digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
