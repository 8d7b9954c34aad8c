/// Moments as HTTP writes them, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), in seconds since 1970.
package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// `nil` for what is no such text.
    package static func seconds(_ text: String) -> Int64? {
        let parts = text.split { $0 == " " || $0 == ":" || $0 == "," }
        guard parts.count == 8, parts[7] == "GMT", let day = Int64(parts[1]), let year = Int64(parts[3]),
            let month = months.firstIndex(where: { $0 == parts[2] }), let hour = Int64(parts[4]),
            let minute = Int64(parts[5]), let second = Int64(parts[6]), (1970...9999).contains(year),
            (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        // Days since 1970 in a calendar whose years begin in March, so that the leap day is the last one.
        let shifted = (Int64(month) + 10) % 12
        let years = shifted >= 10 ? year - 1 : year
        let days = years * 365 + years / 4 - years / 100 + years / 400 + (shifted * 306 + 5) / 10 + day - 1 - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// Of a moment from 1970 on.
    package static func text(_ seconds: Int64) -> String {
        let (day, second) = (seconds / 86_400, seconds % 86_400)
        // In the same calendar, by its eras of 400 years (Hinnant, “chrono-compatible low-level date algorithms”).
        let shifted = day + 719_468
        let (era, ofEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * ofYear + 2) / 153
        let ofMonth = ofYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 2 : month - 10
        let year = yearOfEra + era * 400 + (calendarMonth < 2 ? 1 : 0)
        let time = [second / 3600, second / 60 % 60, second % 60].map(two).joined(separator: ":")
        return "\(days[Int(day % 7)]), \(two(ofMonth)) \(months[Int(calendarMonth)]) \(year) \(time) GMT"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
