/// Turns the bytes of a terminal into keys, pastes and reports. It may be fed in pieces of any size: the result is the
/// same as for the whole.
///
/// A lone Escape and the start of a sequence look alike; the owner calls `expire()` when nothing followed within the
/// time that `patience` stands for.
package struct KeyParser: Sendable {
    /// Why the parser waits for more bytes.
    package enum Patience: Sendable, Hashable {
        /// An Escape: alone it is the key.
        case escape
        /// An unfinished sequence or character.
        case sequence
        /// An unfinished paste.
        case paste
    }

    private enum State: Hashable {
        case ground
        case escape
        /// The Escape key was told, yet what follows may be the rest of a sequence that a slow link tore apart.
        case lateEscape
        case character(missing: Int)
        case csi
        case tooLong
        case linuxFunction
        case ss3
        case string(introducer: UInt8, isEmpty: Bool)
        case stringEscape(introducer: UInt8)
        case oldMouse(missing: Int)
        case paste
    }

    /// Longer sequences are not for us; their bytes are skipped up to the final one.
    private static let longestSequence = 64
    /// Of a string of the terminal, such as its name, no more is kept.
    private static let longestString = 256
    /// More than a person pastes; the rest is dropped.
    private static let longestPaste = 1 << 20
    private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

    private var state = State.ground
    private var collected: [UInt8] = []
    private var isAlt = false
    private var isLate = false

    package init() {}

    /// What the parser waits for, `nil` when it is between keys.
    package var patience: Patience? {
        switch state {
        case .ground: nil
        case .escape: .escape
        case .paste: .paste
        case .lateEscape, .character, .csi, .tooLong, .linuxFunction, .ss3, .string, .stringEscape, .oldMouse: .sequence
        }
    }

    /// Takes bytes as they came and returns what they complete.
    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Input] {
        var inputs: [Input] = []
        for byte in bytes { take(byte, &inputs) }
        return inputs
    }

    /// Nothing more came in time: returns what the bytes so far mean.
    package mutating func expire() -> [Input] {
        var inputs: [Input] = []
        let before = state
        state = .ground
        switch before {
        case .ground, .lateEscape, .character, .tooLong, .linuxFunction, .stringEscape, .oldMouse: break
        case .escape:
            inputs.append(.key(Key(.escape)))
            state = .lateEscape
        case .csi: if collected.isEmpty { typed("[", &inputs) }
        case .ss3: if collected.isEmpty { typed("O", &inputs) }
        case .string(let introducer, let isEmpty): if isEmpty { typed(Unicode.Scalar(introducer), &inputs) }
        case .paste: finishPaste(&inputs)
        }
        return inputs
    }

    /// What looked like an introducer was a character typed with Alt, or after Escape.
    private func typed(_ scalar: Unicode.Scalar, _ inputs: inout [Input]) {
        inputs.append(.key(Key(.character(scalar), isLate ? [] : .alt)))
    }

    private mutating func take(_ byte: UInt8, _ inputs: inout [Input]) {
        switch state {
        case .ground: takeGround(byte, alt: false, &inputs)
        case .escape, .lateEscape: takeAfterEscape(byte, &inputs)
        case .character(let missing): takeContinuation(byte, missing, &inputs)
        case .csi: takeSequence(byte, &inputs)
        case .tooLong: if (0x40...0x7E).contains(byte) { state = .ground }
        case .linuxFunction:
            state = .ground
            if (0x41...0x45).contains(byte) { inputs.append(.key(Key(.function(Int(byte) - 0x40)))) }
        case .ss3: takeApplication(byte, &inputs)
        case .string(let introducer, _): takeString(byte, introducer, &inputs)
        case .stringEscape(let introducer): takeStringEscape(byte, introducer, &inputs)
        case .oldMouse(let missing): state = missing > 1 ? .oldMouse(missing: missing - 1) : .ground
        case .paste: takePasted(byte, &inputs)
        }
    }

    private mutating func takeGround(_ byte: UInt8, alt: Bool, _ inputs: inout [Input]) {
        state = .ground
        isAlt = alt
        switch byte {
        case 0x1B:
            state = .escape
        case 0x00..<0x20, 0x7F:
            var key = Self.controlKey(byte)
            if alt { key.modifiers.insert(.alt) }
            inputs.append(.key(key))
        case 0x20..<0x7F:
            inputs.append(.key(Key(.character(Unicode.Scalar(byte)), alt ? .alt : [])))
        case 0xC2...0xDF: startCharacter(byte, missing: 1)
        case 0xE0...0xEF: startCharacter(byte, missing: 2)
        case 0xF0...0xF4: startCharacter(byte, missing: 3)
        default: break  // no character starts so: noise on the line
        }
    }

    private mutating func startCharacter(_ byte: UInt8, missing: Int) {
        collected = [byte]
        state = .character(missing: missing)
    }

    private mutating func takeContinuation(_ byte: UInt8, _ missing: Int, _ inputs: inout [Input]) {
        guard (0x80...0xBF).contains(byte) else {
            // A torn character must not swallow the key after it.
            takeGround(byte, alt: false, &inputs)
            return
        }
        collected.append(byte)
        guard missing == 1 else {
            state = .character(missing: missing - 1)
            return
        }
        state = .ground
        if let text = String(validating: collected, as: UTF8.self), let scalar = text.unicodeScalars.first {
            inputs.append(.key(Key(.character(scalar), isAlt ? .alt : [])))
        }
    }

    private mutating func takeAfterEscape(_ byte: UInt8, _ inputs: inout [Input]) {
        isLate = state == .lateEscape
        collected = []
        switch byte {
        case 0x5B: state = .csi
        case 0x4F: state = .ss3
        case 0x1B:
            if !isLate { inputs.append(.key(Key(.escape))) }
            state = .escape
        case 0x50, 0x58, 0x5D, 0x5E, 0x5F:
            if isLate {
                takeGround(byte, alt: false, &inputs)
            } else {
                state = .string(introducer: byte, isEmpty: true)
            }
        case 0x01...0x07, 0x0B, 0x0C, 0x0E...0x1A:
            // Nobody presses Alt and Control together, but many press Escape and then Ctrl-C.
            if !isLate { inputs.append(.key(Key(.escape))) }
            takeGround(byte, alt: false, &inputs)
        default: takeGround(byte, alt: !isLate, &inputs)
        }
    }

    private mutating func takeSequence(_ byte: UInt8, _ inputs: inout [Input]) {
        switch byte {
        case 0x20...0x3F:
            collected.append(byte)
            if collected.count > Self.longestSequence { state = .tooLong }
        case 0x40...0x7E:
            state = .ground
            finishSequence(byte, &inputs)
        default:
            takeGround(byte, alt: false, &inputs)
        }
    }

    private mutating func finishSequence(_ final: UInt8, _ inputs: inout [Input]) {
        if final == 0x5B && collected.isEmpty {
            state = .linuxFunction
        } else if final == 0x4D && collected.isEmpty {
            state = .oldMouse(missing: 3)
        } else if final == 0x7E && collected == [0x32, 0x30, 0x30] {
            collected = []
            state = .paste
        } else if let input = ControlSequence(parameters: collected, final: final).input {
            inputs.append(input)
        }
    }

    private mutating func takeApplication(_ byte: UInt8, _ inputs: inout [Input]) {
        if (0x30...0x3B).contains(byte), collected.count < Self.longestSequence {
            collected.append(byte)
            return
        }
        state = .ground
        guard (0x40...0x7E).contains(byte) else {
            takeGround(byte, alt: false, &inputs)
            return
        }
        if let input = ControlSequence(parameters: collected, final: byte).applicationKey { inputs.append(input) }
    }

    private mutating func takeString(_ byte: UInt8, _ introducer: UInt8, _ inputs: inout [Input]) {
        switch byte {
        case 0x07: finishString(introducer, &inputs)
        case 0x1B: state = .stringEscape(introducer: introducer)
        default:
            if collected.count < Self.longestString { collected.append(byte) }
            state = .string(introducer: introducer, isEmpty: false)
        }
    }

    private mutating func takeStringEscape(_ byte: UInt8, _ introducer: UInt8, _ inputs: inout [Input]) {
        if byte == 0x5C {
            finishString(introducer, &inputs)
        } else {
            state = .escape
            take(byte, &inputs)
        }
    }

    private mutating func finishString(_ introducer: UInt8, _ inputs: inout [Input]) {
        state = .ground
        if let report = StringReport(introducer: introducer, collected).report { inputs.append(.report(report)) }
    }

    private mutating func takePasted(_ byte: UInt8, _ inputs: inout [Input]) {
        collected.append(byte)
        if byte == 0x7E, collected.suffix(Self.pasteEnd.count) == Self.pasteEnd[...] {
            collected.removeLast(Self.pasteEnd.count)
            state = .ground
            finishPaste(&inputs)
        } else if collected.count > Self.longestPaste + 64 {
            // Keeps room for the end mark to be recognised while the overflow is dropped.
            collected.removeSubrange(Self.longestPaste..<collected.count - Self.pasteEnd.count)
        }
    }

    private mutating func finishPaste(_ inputs: inout [Input]) {
        inputs.append(.paste(String(decoding: collected, as: UTF8.self)))
        collected = []
    }

    private static func controlKey(_ byte: UInt8) -> Key {
        switch byte {
        case 0x00: .control(" ")
        case 0x08, 0x7F: Key(.backspace)
        case 0x09: Key(.tab)
        case 0x0A, 0x0D: Key(.enter)
        case 0x01...0x1A: .control(Unicode.Scalar(byte + 0x60))
        default: .control(Unicode.Scalar(byte + 0x40))
        }
    }
}
