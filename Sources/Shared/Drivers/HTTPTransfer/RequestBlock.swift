internal import CCurl
internal import HTTPMessages

/// The header list and, when it is small, the body of one request, laid out in one block of memory that the next
/// request uses again: libcurl keeps pointers to both, and allocating each field anew would cost more than sending it.
///
/// Nodes first, then the texts they point to, then the body.
@safe struct RequestBlock: ~Copyable {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var list: UnsafeMutablePointer<curl_slist>?
    private(set) var body: UnsafeMutableRawPointer?

    /// A field that must not be sent.
    struct Invalid: Error {
        let reason: String
    }

    deinit { unsafe memory?.deallocate() }

    /// Lays out `headers`, then the `extra` lines, which are in libcurl's notation, then `body`.
    mutating func fill(_ headers: HTTPHeaders, extra: [StaticString], body: [UInt8]) throws(Invalid) {
        let count = headers.fields.count + extra.count
        let nodeBytes = unsafe count * MemoryLayout<curl_slist>.stride
        var size = nodeBytes + body.count + 1
        for field in headers.fields { size += field.name.utf8.count + field.value.utf8.count + 3 }
        for line in extra { size += line.utf8CodeUnitCount + 1 }
        let base = unsafe reserve(size)
        let nodes = unsafe base.bindMemory(to: curl_slist.self, capacity: count)
        var text = unsafe (base + nodeBytes).bindMemory(to: UInt8.self, capacity: size - nodeBytes)
        var index = 0
        func link(_ start: UnsafeMutablePointer<UInt8>) {
            let next = unsafe index + 1 < count ? nodes + index + 1 : nil
            unsafe (nodes + index).initialize(
                to: curl_slist(data: UnsafeMutableRawPointer(start).assumingMemoryBound(to: CChar.self), next: next))
            index += 1
        }
        for field in headers.fields {
            unsafe link(text)
            guard unsafe Self.put(name: field.name, at: &text) else {
                throw Invalid(reason: "a header has a name that is not allowed")
            }
            guard !Self.isFraming(field.name) else {
                throw Invalid(reason: "header \(field.name) is set by the client itself")
            }
            guard unsafe Self.put(value: field.value, at: &text) else {
                throw Invalid(reason: "the value of header \(field.name) has a line break or a NUL")
            }
        }
        for line in extra {
            unsafe link(text)
            unsafe text.update(from: line.utf8Start, count: line.utf8CodeUnitCount)
            unsafe text += line.utf8CodeUnitCount
            unsafe text.pointee = 0
            unsafe text += 1
        }
        unsafe list = count > 0 ? nodes : nil
        unsafe body.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            unsafe text.update(from: start, count: bytes.count)
        }
        unsafe self.body = UnsafeMutableRawPointer(text)
    }

    /// Memory of at least `size` bytes; what was there before is lost. A block that was once needed large is given back.
    private mutating func reserve(_ size: Int) -> UnsafeMutableRawPointer {
        if let memory = unsafe memory, size <= capacity, capacity <= 16 << 10 || size > capacity / 4 {
            return unsafe memory
        }
        unsafe memory?.deallocate()
        capacity = max(2048, size * 2)
        let fresh = unsafe UnsafeMutableRawPointer.allocate(
            byteCount: capacity, alignment: MemoryLayout<curl_slist>.alignment)
        unsafe memory = fresh
        return unsafe fresh
    }

    /// Writes a field name (a token, RFC 9110 §5.6.2) and advances; `false` when it is none.
    private static func put(name: String, at text: inout UnsafeMutablePointer<UInt8>) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty, unsafe bytes.allSatisfy(isTokenByte) else {
                return false
            }
            unsafe text.update(from: start, count: bytes.count)
            unsafe text += bytes.count
            return true
        }
    }

    /// Writes `: value` and the end of the line; `false` when the value would end the field early.
    private static func put(value: String, at text: inout UnsafeMutablePointer<UInt8>) -> Bool {
        var value = value
        return value.withUTF8 { bytes in
            // In libcurl's notation "Name;" is the field without a value, while "Name:" would be left out.
            unsafe text[0] = bytes.isEmpty ? UInt8(ascii: ";") : UInt8(ascii: ":")
            unsafe text[1] = UInt8(ascii: " ")
            unsafe text += bytes.isEmpty ? 1 : 2
            guard let start = bytes.baseAddress else { return false }
            unsafe text.update(from: start, count: bytes.count)
            unsafe text += bytes.count
            unsafe text.pointee = 0
            unsafe text += 1
            return unsafe bytes.allSatisfy { $0 != 13 && $0 != 10 && $0 != 0 }
        }
    }

    /// Whether a field says where the request ends, which only the client may.
    private static func isFraming(_ name: String) -> Bool {
        switch name.utf8.count {
        case 6: HTTPHeaders.same(name, "expect")
        case 14: HTTPHeaders.same(name, "content-length")
        case 17: HTTPHeaders.same(name, "transfer-encoding")
        default: false
        }
    }

    /// Whether a byte may stand in a token: a method or a field name.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default:
            "!#$%&'*+.^_`|~".utf8.contains(byte)
        }
    }
}
