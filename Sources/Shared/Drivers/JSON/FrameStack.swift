/// An array or object that is being read, or the document itself.
struct Frame {
    /// Its token, or -1 when it is too deep to be recorded.
    let token: Int
    /// What ends it; 0 for the document.
    let closing: UInt8
    /// Whether what it holds goes to the tape.
    let isRecorded: Bool
    var flags: Token.Flags = []
    /// Elements or members; there are fewer than bytes, of which no document has more than this counts.
    var childCount: Int32 = 0
    /// A 64-bit sketch of the names so far: names that differ here are different.
    var sketch: UInt64 = 0

    init(token: Int, closing: UInt8, isRecorded: Bool) {
        self.token = token
        self.closing = closing
        self.isRecorded = isRecorded
    }

    var isObject: Bool { closing == UInt8(ascii: "}") }
}

/// What is being read and all that is around it; cheaper than an array because nobody else can hold it, and because the
/// innermost is worked on in its place.
@safe struct FrameStack: ~Copyable {
    private var base: UnsafeMutablePointer<Frame>
    private var top: UnsafeMutablePointer<Frame>
    private var capacity: Int
    /// Whether the memory is its own: it has grown out of what was lent.
    private var hasGrown = false
    /// How many stand around the innermost.
    private(set) var depth = 0

    /// For more of them than most documents have, there is memory on the stack.
    static let usualCapacity = 16

    /// Begins in memory that is lent for as long as this lives, with room for one at least.
    @unsafe init(in lent: UnsafeMutableBufferPointer<Frame>, outermost: Frame) {
        guard let start = lent.baseAddress else { preconditionFailure("no room for the outermost") }
        unsafe base = start
        unsafe top = start
        capacity = lent.count
        unsafe top.initialize(to: outermost)
    }

    deinit {
        if hasGrown { unsafe base.deallocate() }
    }

    /// There always is one: the outermost is never taken away.
    var innermost: Frame {
        get { unsafe top.pointee }
        _modify { yield unsafe &top.pointee }
    }

    mutating func push(_ frame: Frame) {
        depth += 1
        if depth == capacity { grow() }
        unsafe top = base + depth
        unsafe top.initialize(to: frame)
    }

    mutating func pop() {
        precondition(depth > 0, "the outermost is never taken away")
        depth -= 1
        unsafe top = base + depth
    }

    /// Twice the room, in another place: `top` has to be set anew.
    @inline(never)
    private mutating func grow() {
        let moved = UnsafeMutablePointer<Frame>.allocate(capacity: capacity * 2)
        unsafe moved.update(from: base, count: capacity)
        if hasGrown { unsafe base.deallocate() }
        unsafe base = moved
        hasGrown = true
        capacity *= 2
    }
}
