"""Operations on graphs: composition, shortest distances, best paths, rational operations, comparison."""
