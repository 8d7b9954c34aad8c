/// A finished control sequence (CSI or SS3) and what it means to us.
struct ControlSequence {
    /// `<`, `?`, `>` or `=` before the numbers.
    private let prefix: UInt8?
    private let numbers: [Int]
    private let intermediate: UInt8?
    private let final: UInt8

    init(parameters: [UInt8], final: UInt8) {
        self.final = final
        var bytes = parameters[...]
        if let first = bytes.first, (0x3C...0x3F).contains(first) {
            prefix = first
            bytes.removeFirst()
        } else {
            prefix = nil
        }
        intermediate = bytes.last.flatMap { (0x20...0x2F).contains($0) ? $0 : nil }
        numbers = bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { Self.number($0) }
    }

    /// The leading number of a parameter, 0 for none; absurd ones are clamped.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.prefix { (0x30...0x39).contains($0) }.reduce(0) { min($0 * 10 + Int($1) - 0x30, 99_999) }
    }

    private func number(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }

    private var modifiers: Key.Modifiers {
        let value = number(1)
        return value > 1 ? Key.Modifiers(rawValue: UInt8(truncatingIfNeeded: value - 1) & 7) : []
    }

    /// The meaning of a sequence that began with `ESC [`.
    var input: Input? {
        switch (prefix, final) {
        case (0x3C, 0x4D), (0x3C, 0x6D): mouse
        case (0x3F, 0x79) where intermediate == 0x24:
            .report(.mode(number(0), isKnown: number(1) == 1 || number(1) == 2))
        case (nil, 0x6E): number(0) == 0 ? .report(.status) : nil
        case (nil, 0x49) where numbers == [0] || numbers.isEmpty: .focus(.gained)
        case (nil, 0x4F) where numbers == [0] || numbers.isEmpty: .focus(.lost)
        case (nil, 0x5A): .key(Key(.tab, .shift))
        case (nil, 0x7E): numbered.map { .key(Key($0, modifiers)) }
        case (nil, 0x75): unicodeKey
        case (nil, _) where intermediate == nil: letter.map { .key(Key($0, modifiers)) }
        default: nil
        }
    }

    /// The meaning of a sequence that began with `ESC O`.
    var applicationKey: Input? {
        if final == 0x4D { return .key(Key(.enter)) }
        // Here a single number, where there is one, is the modifier.
        let value = number(numbers.count > 1 ? 1 : 0)
        let held = value > 1 ? Key.Modifiers(rawValue: UInt8(truncatingIfNeeded: value - 1) & 7) : []
        return letter.map { .key(Key($0, held)) }
    }

    private var letter: Key.Code? {
        switch final {
        case 0x41: .up
        case 0x42: .down
        case 0x43: .right
        case 0x44: .left
        case 0x46: .end
        case 0x48: .home
        case 0x50...0x53: .function(Int(final) - 0x4F)
        default: nil
        }
    }

    private var numbered: Key.Code? {
        switch number(0) {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number(0) - 10)
        case 17...21: .function(number(0) - 11)
        case 23, 24: .function(number(0) - 12)
        default: nil
        }
    }

    /// A key in the form `code ; modifiers u` that newer terminals send.
    private var unicodeKey: Input? {
        switch number(0) {
        case 9: return .key(Key(.tab, modifiers))
        case 13: return .key(Key(.enter, modifiers))
        case 27: return .key(Key(.escape, modifiers))
        case 127: return .key(Key(.backspace, modifiers))
        default:
            guard number(0) >= 0x20, let scalar = Unicode.Scalar(UInt32(number(0))) else { return nil }
            return .key(Key(.character(scalar), modifiers.subtracting(.shift)))
        }
    }

    private var mouse: Input? {
        guard numbers.count == 3 else { return nil }
        // Beside the button: the modifiers held, and whether the mouse moved.
        let button = number(0) & ~0x1C
        let action: Input.Mouse.Action
        switch button {
        case 64: action = .wheelUp
        case 65: action = .wheelDown
        case 0...2: action = final == 0x4D ? .press : .release
        default: action = .move
        }
        return .mouse(Input.Mouse(action: action, row: max(0, number(2) - 1), column: max(0, number(1) - 1)))
    }
}
