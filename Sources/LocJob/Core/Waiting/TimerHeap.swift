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
        let moved = heap[start]
        var place = start
        while place > 0, case let parent = (place - 1) / 2, moved.time < heap[parent].time {
            put(heap[parent], at: place)
            place = parent
        }
        if place == start { return false }
        put(moved, at: place)
        return true
    }

    private mutating func sink(_ start: Int) {
        let moved = heap[start]
        var place = start
        while case var child = 2 * place + 1, child < heap.count {
            if child + 1 < heap.count, heap[child + 1].time < heap[child].time { child += 1 }
            if heap[child].time >= moved.time { break }
            put(heap[child], at: place)
            place = child
        }
        if place != start { put(moved, at: place) }
    }

    private mutating func put(_ timer: (time: Nanoseconds, item: Int), at place: Int) {
        heap[place] = timer
        places[timer.item] = place
    }
}
