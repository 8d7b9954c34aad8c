/// How many calls may wait in one line.
enum WaitingRoom {
    /// Whether one more call of an owner may, of whom `own` calls wait already beside `all` of so many `owners`, the one
    /// who asks included. Where the line is full, those still may who have less than an even part of it: nobody fills it
    /// for all others, and `owners` make it longer by a factor of their logarithm at most.
    static func admits(own: Int, of all: Int, owners: Int, limit: Int) -> Bool {
        all < limit || own < limit / max(1, owners)
    }
}
