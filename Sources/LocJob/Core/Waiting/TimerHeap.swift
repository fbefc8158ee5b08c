/// Times by number, the earliest one at hand: a binary heap that knows where each number stands.
struct TimerHeap {
    private var heap: [(time: Nanoseconds, item: Int)] = []
    /// By item; -1 for one without a time.
    private var places: [Int] = []

    var first: (time: Nanoseconds, item: Int)? { heap.first }

    /// Gives an item a time, or another one. `Duration.never` is none.
    mutating func set(_ item: Int, _ time: Nanoseconds) {
        if time == Duration.never { return remove(item) }
        while places.count <= item { places.append(-1) }
        var place = places[item]
        if place < 0 {
            place = heap.count
            heap.append((time, item))
            places[item] = place
        } else {
            heap[place].time = time
        }
        if !rise(place) { sink(place) }
    }

    mutating func remove(_ item: Int) {
        guard places.indices.contains(item), places[item] >= 0 else { return }
        let place = places[item]
        places[item] = -1
        guard let last = heap.popLast(), last.item != item else { return }
        heap[place] = last
        places[last.item] = place
        if !rise(place) { sink(place) }
    }

    private mutating func rise(_ start: Int) -> Bool {
        var place = start
        while place > 0, heap[place].time < heap[(place - 1) / 2].time {
            swap(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        return place != start
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            if least == place { return }
            swap(place, least)
            place = least
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        places[heap[a].item] = a
        places[heap[b].item] = b
    }
}
