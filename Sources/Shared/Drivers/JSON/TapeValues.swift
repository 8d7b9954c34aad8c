// The values behind tokens.
extension Tape {
    /// The text of a string or member name.
    func string(at index: Int) -> String {
        let token = tokens[index]
        let range = Int(token.start)..<Int(token.end)
        guard !token.flags.contains(.escaped) else { return unescaped(range) }
        // Not a slice of the array: that would hold and let go of it.
        return unsafe bytes.withUnsafeBufferPointer {
            unsafe String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }

    /// The number at `index`; nil when it is none.
    func double(at index: Int) -> Double? {
        let token = tokens[index]
        guard token.kind == .integer || token.kind == .number else { return nil }
        return double(token)
    }

    /// The number at `index` when it is whole and fits; `1.0` and `1e3` are whole.
    func integer<Value: FixedWidthInteger>(at index: Int) -> Value? {
        let token = tokens[index]
        if token.kind == .integer {
            return integer(token)
        }
        return double(at: index).flatMap { Value(exactly: $0) }
    }

    /// The value at `index` with everything in it.
    func value(at index: Int) -> JSONValue {
        let token = tokens[index]
        switch token.kind {
        case .null: return .null
        case .false: return .bool(false)
        case .true: return .bool(true)
        case .string: return .string(string(at: index))
        case .integer: return integerValue(token)
        case .number: return .number(double(token))
        case .array:
            var elements: [JSONValue] = []
            elements.reserveCapacity(Int(token.childCount))
            var child = index + 1
            while child < Int(token.next) {
                elements.append(value(at: child))
                child = Int(tokens[child].next)
            }
            return .array(elements)
        case .object: return .object(object(at: index))
        }
    }

    private func integerValue(_ token: Token) -> JSONValue {
        // An integer has no negative zero, a double has.
        if let value: Int64 = integer(token), value != 0 || token.end - token.start == 1 { return .integer(value) }
        return .number(double(token))
    }

    private func double(_ token: Token) -> Double {
        let bytes = self.bytes
        return NumberText.double(bytes.span, Int(token.start), Int(token.end))
    }

    private func integer<Value: FixedWidthInteger>(_ token: Token) -> Value? {
        let bytes = self.bytes
        return NumberText.integer(bytes.span, Int(token.start), Int(token.end))
    }

    private func object(at index: Int) -> JSONObject {
        let token = tokens[index]
        var object = JSONObject()
        object.reserveCapacity(Int(token.childCount))
        var name = index + 1
        while name < Int(token.next) {
            if token.flags.contains(.repeatedKeys) {
                object[string(at: name)] = value(at: name + 1)
            } else {
                object.append(string(at: name), value(at: name + 1))
            }
            name = Int(tokens[name + 1].next)
        }
        return object
    }

    /// The text of a string with its escapes resolved; never longer than it was.
    private func unescaped(_ range: Range<Int>) -> String {
        let bytes = self.bytes
        return unsafe String(unsafeUninitializedCapacity: range.count) { output in
            let source = bytes.span
            var count = 0
            var position = range.lowerBound
            while position < range.upperBound {
                let plain = ByteSearch.first(UInt8(ascii: "\\"), in: source, position..<range.upperBound)
                // The output has room for everything that is left of the range.
                unsafe source.extracting(position..<plain).withUnsafeBufferPointer { run in
                    guard let start = run.baseAddress, let target = output.baseAddress else { return }
                    unsafe (target + count).update(from: start, count: run.count)
                }
                count += plain - position
                position = plain
                if position < range.upperBound {
                    position += 1
                    unsafe resolveEscape(&position, output, &count)
                }
            }
            return count
        }
    }

    private func resolveEscape(_ position: inout Int, _ output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int) {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "b"): put(0x08)
        case UInt8(ascii: "f"): put(0x0C)
        case UInt8(ascii: "n"): put(0x0A)
        case UInt8(ascii: "r"): put(0x0D)
        case UInt8(ascii: "t"): put(0x09)
        case UInt8(ascii: "u"):
            var scalar = codeUnit(at: position)
            position += 4
            if (0xD800...0xDBFF).contains(scalar) {
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (codeUnit(at: position + 2) - 0xDC00)
                position += 6
            }
            // The tokenizer has let no lone surrogate pass.
            for unit in (Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8 { put(unit) }
        default: put(byte)
        }

        func put(_ byte: UInt8) {
            unsafe output[count] = byte
            count += 1
        }
    }

    private func codeUnit(at position: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 4 | UInt32(hexadecimalDigit(bytes[position + $1]) ?? 0) }
    }
}
