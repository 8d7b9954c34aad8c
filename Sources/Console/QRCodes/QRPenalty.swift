extension QRSquare {
    /// How hard a square is to read: long runs, blocks, what looks like a finder, and an imbalance of dark and light.
    /// Source: ISO/IEC 18004:2015, section 7.8.3.
    var penalty: Int {
        var penalty = 0
        for line in 0..<size {
            penalty += Self.runs((0..<size).map { modules[line * size + $0] })
            penalty += Self.runs((0..<size).map { modules[$0 * size + line] })
        }
        for row in 0..<(size - 1) {
            for column in 0..<(size - 1) {
                let corner = row * size + column
                let colour = modules[corner]
                if colour == modules[corner + 1], colour == modules[corner + size], colour == modules[corner + size + 1]
                {
                    penalty += 3
                }
            }
        }
        let dark = modules.count { $0 }
        return penalty + abs(dark * 20 - modules.count * 10) / modules.count * 10
    }

    private static func runs(_ line: [Bool]) -> Int {
        var (penalty, length) = (0, 0)
        for index in line.indices {
            length = index > 0 && line[index] == line[index - 1] ? length + 1 : 1
            if length == 5 { penalty += 3 } else if length > 5 { penalty += 1 }
        }
        let finder = [true, false, true, true, true, false, true]
        let light = [false, false, false, false]
        for pattern in [finder + light, light + finder] where line.count >= pattern.count {
            for start in 0...(line.count - pattern.count)
            where line[start..<(start + pattern.count)].elementsEqual(pattern) {
                penalty += 40
            }
        }
        return penalty
    }
}
