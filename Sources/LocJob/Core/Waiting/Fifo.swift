/// Numbers in the order in which they came. Taking one out costs nothing, whatever their number.
struct Fifo {
    private var numbers: [Int] = []
    private var start = 0

    var isEmpty: Bool { start == numbers.count }

    mutating func append(_ number: Int) { numbers.append(number) }

    mutating func popFirst() -> Int? {
        guard start < numbers.count else { return nil }
        let number = numbers[start]
        start += 1
        // What was taken out is forgotten from time to time.
        if start > 64, start * 2 > numbers.count {
            numbers.removeFirst(start)
            start = 0
        }
        return number
    }

    /// Takes numbers out from the front as long as a condition holds.
    mutating func dropFirst(while holds: (Int) -> Bool) {
        while start < numbers.count, holds(numbers[start]) { _ = popFirst() }
    }
}
