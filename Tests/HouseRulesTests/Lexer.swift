import Glibc

/// Tells code from comments and strings, line after line.
struct Lexer {
    /// One line as the rules look at it; what is blanked out keeps its width.
    struct Views {
        /// Without comments and without the content of strings.
        let code: String
        /// Without comments.
        let withoutComments: String
    }

    private var state = State.code

    private enum State: Equatable {
        case code
        case blockComment(depth: Int)
        /// The number of `#` around it, and whether it is a `"""` one.
        case string(hashes: Int, isLong: Bool)
        case regex
        /// Code inside `\(…)`; remembers the string around it and how many parentheses are open.
        indirect case interpolation(State, depth: Int)
    }

    /// Most lines are nothing but code, or nothing but a comment, and are passed on whole: looking at each byte costs.
    mutating func views(of line: String) -> Views {
        if state == .code {
            if !line.has("\"") && !line.has("/") { return Views(code: line, withoutComments: line) }
            if line.drop(while: { $0 == " " }).hasPrefix("//") { return Views(code: "", withoutComments: "") }
        }
        let bytes = Array(line.utf8)
        var code: [UInt8] = []
        var withoutComments: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let step = self.step(bytes, index)
            let end = min(bytes.count, index + step.length)
            for byte in bytes[index..<end] {
                code.append(step.kind == .code ? byte : UInt8(ascii: " "))
                withoutComments.append(step.kind == .comment ? UInt8(ascii: " ") : byte)
            }
            index = end
            state = step.next
        }
        // A short string cannot go past its line: without this an odd quote would blank the rest of the file.
        if case .string(_, isLong: false) = state { state = .code }
        if case .interpolation(.string(_, isLong: false), _) = state { state = .code }
        if state == .regex { state = .code }
        return Views(
            code: String(decoding: code, as: UTF8.self),
            withoutComments: String(decoding: withoutComments, as: UTF8.self))
    }

    private struct Step {
        let next: State
        let length: Int
        let kind: Kind

        enum Kind { case code, string, comment }
    }

    private func step(_ bytes: [UInt8], _ index: Int) -> Step {
        switch state {
        case .code: return stepInCode(bytes, index)
        case .blockComment(let depth):
            if starts(bytes, index, "*/") {
                return Step(next: depth == 1 ? .code : .blockComment(depth: depth - 1), length: 2, kind: .comment)
            }
            let opens = starts(bytes, index, "/*")
            return Step(next: .blockComment(depth: opens ? depth + 1 : depth), length: opens ? 2 : 1, kind: .comment)
        case .regex:
            let ends = starts(bytes, index, "/#")
            return Step(next: ends ? .code : .regex, length: ends ? 2 : 1, kind: .string)
        case .string(let hashes, let isLong): return stepInString(bytes, index, hashes: hashes, isLong: isLong)
        case .interpolation(let outer, let depth): return stepInInterpolation(bytes, index, outer, depth)
        }
    }

    private func stepInCode(_ bytes: [UInt8], _ index: Int) -> Step {
        if starts(bytes, index, "//") { return Step(next: .code, length: bytes.count - index, kind: .comment) }
        if starts(bytes, index, "/*") { return Step(next: .blockComment(depth: 1), length: 2, kind: .comment) }
        if starts(bytes, index, "#/") { return Step(next: .regex, length: 2, kind: .code) }
        var hashes = 0
        while index + hashes < bytes.count, bytes[index + hashes] == UInt8(ascii: "#") { hashes += 1 }
        for (quote, isLong) in [("\"\"\"", true), ("\"", false)] where starts(bytes, index + hashes, quote) {
            return Step(
                next: .string(hashes: hashes, isLong: isLong), length: hashes + quote.utf8.count, kind: .code)
        }
        return Step(next: .code, length: max(1, hashes), kind: .code)
    }

    private func stepInString(_ bytes: [UInt8], _ index: Int, hashes: Int, isLong: Bool) -> Step {
        let marks = String(repeating: "#", count: hashes)
        let end = (isLong ? "\"\"\"" : "\"") + marks
        let escape = "\\" + marks
        if starts(bytes, index, escape + "(") {
            return Step(next: .interpolation(state, depth: 1), length: escape.utf8.count + 1, kind: .string)
        }
        if starts(bytes, index, escape) { return Step(next: state, length: escape.utf8.count + 1, kind: .string) }
        if starts(bytes, index, end) { return Step(next: .code, length: end.utf8.count, kind: .code) }
        return Step(next: state, length: 1, kind: .string)
    }

    private func stepInInterpolation(_ bytes: [UInt8], _ index: Int, _ outer: State, _ depth: Int) -> Step {
        switch bytes[index] {
        case UInt8(ascii: "("): return Step(next: .interpolation(outer, depth: depth + 1), length: 1, kind: .code)
        case UInt8(ascii: ")"):
            return Step(next: depth == 1 ? outer : .interpolation(outer, depth: depth - 1), length: 1, kind: .code)
        case UInt8(ascii: "\""):
            // A string inside an interpolation: skip to its end, as far as that is on this line.
            let rest = bytes[(index + 1)...]
            let end = rest.firstIndex(of: UInt8(ascii: "\"")) ?? bytes.count
            return Step(next: state, length: end + 1 - index, kind: .string)
        default: return Step(next: state, length: 1, kind: .code)
        }
    }

    private func starts(_ bytes: [UInt8], _ index: Int, _ text: String) -> Bool {
        var place = index
        for byte in text.utf8 {
            guard place < bytes.count, bytes[place] == byte else { return false }
            place += 1
        }
        return true
    }
}

extension String {
    /// Whether `needle` occurs; the C library's search is hundreds of times quicker than ours without optimisation.
    func has(_ needle: String) -> Bool { unsafe needle.isEmpty || strstr(self, needle) != nil }
}
