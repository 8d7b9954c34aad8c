import FoundationEssentials

/// Writes while the encoded types speak: containers are closed as soon as something outside of them is written.
///
/// That asks what every synthesised and sensible `encode(to:)` does: finish a nested container before its parent goes
/// on. Writing into a container that is closed stops the program.
@safe final class EncodingSink {
    private struct State: ~Copyable {
        var writer = JSONWriter(capacity: 512)
        /// The closing byte of every open container.
        var closings: [UInt8] = []
    }

    /// Behind a pointer, for the sake of speed: the run-time checks of exclusive access to a class's variables would be
    /// a tenth of all the work here. Only methods of this class touch it, and none calls out while it does.
    private let state: UnsafeMutablePointer<State>
    private let keyStyle: JSONCodec.KeyStyle
    let absent: JSONCodec.AbsentValues

    init(keyStyle: JSONCodec.KeyStyle, absent: JSONCodec.AbsentValues) {
        unsafe state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        unsafe state.initialize(to: State())
        self.keyStyle = keyStyle
        self.absent = absent
    }

    deinit {
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    /// Closes everything and gives the document.
    func finish() -> [UInt8] {
        closeContainers(above: 0)
        return unsafe state.pointee.writer.bytes
    }

    /// The number of open containers.
    var level: Int { unsafe state.pointee.closings.count }

    /// How names of this key type are written.
    func style(of key: Any.Type) -> JSONCodec.KeyStyle {
        key == DictionaryKeys.type ? .verbatim : keyStyle
    }

    func closeContainers(above level: Int) {
        let open = unsafe state.pointee.closings.count
        precondition(open >= level, "written into a JSON container that is closed already")
        guard open > level else { return }
        for _ in level..<open { unsafe state.pointee.writer.close(state.pointee.closings.removeLast()) }
    }

    /// Opens an object as the next value in the container at `level`.
    func openObject(in level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.beginObject()
        unsafe state.pointee.closings.append(UInt8(ascii: "}"))
    }

    func openArray(in level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.beginArray()
        unsafe state.pointee.closings.append(UInt8(ascii: "]"))
    }

    func key(_ name: String, _ style: JSONCodec.KeyStyle, level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.fillNamedMember()
        unsafe state.pointee.writer.key(name, style)
    }

    func writeNull(level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.writeNull()
    }

    func write(_ value: Bool, level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.write(value)
    }

    func write(_ value: String, level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.write(value)
    }

    func write(_ value: Double, level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.write(value)
    }

    func write(_ value: Float, level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.write(value)
    }

    func write(_ value: some FixedWidthInteger, level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.write(value)
    }

    func write(_ value: JSONValue, level: Int) {
        closeContainers(above: level)
        unsafe state.pointee.writer.write(value)
    }

    /// Any other value, by its own `encode(to:)`.
    func encode<T: Encodable>(_ value: T, level: Int) throws {
        // The types are the same where they are cast; comparing them is much cheaper than `as?`.
        if T.self == String.self {
            write(unsafe unsafeBitCast(value, to: String.self), level: level)
        } else if T.self == Double.self {
            write(unsafe unsafeBitCast(value, to: Double.self), level: level)
        } else if T.self == JSONValue.self {
            write(unsafe unsafeBitCast(value, to: JSONValue.self), level: level)
        } else if T.self == Date.self {
            writePlain(ISO8601.bytes(unsafe unsafeBitCast(value, to: Date.self)), level: level)
        } else if T.self == UUID.self {
            writePlain(UUIDText.bytes(unsafe unsafeBitCast(value, to: UUID.self)), level: level)
        } else {
            closeContainers(above: level)
            let before = unsafe state.pointee.writer.count
            try value.encode(to: SinkEncoder(sink: self, level: level))
            if unsafe state.pointee.writer.count == before { openObject(in: level) }
        }
    }

    private func writePlain(_ text: [UInt8]?, level: Int) {
        guard let text else { return writeNull(level: level) }
        closeContainers(above: level)
        unsafe state.pointee.writer.writePlain(text)
    }
}
