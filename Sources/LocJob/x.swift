import LocJobCore
