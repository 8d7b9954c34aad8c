internal import FoundationEssentials

/// Growing memory that the writer fills; cheaper than an array because nobody else can hold it.
@safe struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        unsafe base = UnsafeMutablePointer<UInt8>.allocate(capacity: self.capacity)
    }

    deinit { unsafe base.deallocate() }

    /// What has been written, copied.
    var bytes: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: base, count: count))
    }

    /// Adds what has been written to `bytes`.
    func append(to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
    }

    /// The byte written last; 0 when there is none.
    var last: UInt8 { count == 0 ? 0 : unsafe base[count - 1] }

    mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        unsafe base[count] = byte
        count += 1
    }

    mutating func append(_ first: UInt8, _ second: UInt8) {
        if capacity - count < 2 { grow(by: 2) }
        unsafe base[count] = first
        unsafe base[count + 1] = second
        count += 2
    }

    mutating func append(_ scalar: Unicode.Scalar) { append(UInt8(ascii: scalar)) }

    mutating func append(_ literal: StaticString) {
        unsafe append(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// The name in quotes and a colon.
    mutating func append(key name: StaticString) {
        let length = name.utf8CodeUnitCount
        if capacity - count < length + 3 { grow(by: length + 3) }
        let place = unsafe base + count
        unsafe place[0] = UInt8(ascii: "\"")
        unsafe UnsafeMutableRawPointer(place + 1).copyMemory(from: name.utf8Start, byteCount: length)
        unsafe place[length &+ 1] = UInt8(ascii: "\"")
        unsafe place[length &+ 2] = UInt8(ascii: ":")
        count += length + 3
    }

    mutating func append(_ range: Range<Int>, of span: Span<UInt8>) {
        // The buffer does not outlive the closure, and appending copies from it.
        unsafe span.withUnsafeBufferPointer { unsafe append(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    mutating func append(_ text: String) {
        let span = text.utf8.span
        append(0..<span.count, of: span)
    }

    /// A whole number in decimal digits.
    mutating func append(decimal value: UInt64) {
        let length = DecimalText.length(value)
        if capacity - count < length { grow(by: length) }
        count += length
        unsafe DecimalText.write(value, before: base + count)
    }

    /// A moment in quotes; false, and nothing is added, when it has no such form.
    mutating func append(quoted moment: Date) -> Bool {
        let length = ISO8601.length + 2
        if capacity - count < length { grow(by: length) }
        let place = unsafe base + count
        guard unsafe ISO8601.write(moment, to: place + 1) else { return false }
        unsafe place[0] = UInt8(ascii: "\"")
        unsafe place[length &- 1] = UInt8(ascii: "\"")
        count += length
        return true
    }

    private mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        guard let from = source.baseAddress else { return }
        if capacity - count < source.count { grow(by: source.count) }
        unsafe UnsafeMutableRawPointer(base + count).copyMemory(from: from, byteCount: source.count)
        count += source.count
    }

    private mutating func grow(by needed: Int) {
        let larger = max(capacity * 2, count + needed)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe moved.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = moved
        capacity = larger
    }
}
