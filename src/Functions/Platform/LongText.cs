namespace WalletFunctions.Platform;

/// <summary>A text longer than one property of a row may hold (32 Ki UTF-16 units), kept in numbered pieces: <c>Body0</c>, <c>Body1</c>, …</summary>
internal static class LongText
{
    /// <summary>32 pieces fill a row (1 MiB), so there are never more.</summary>
    private const int MostPieces = 32;

    private const int PieceLength = 32_000;

    public static void Write(IDictionary<string, object> row, string name, string text)
    {
        foreach (var (piece, part) in Pieces(text).Index())
        {
            row[name + piece] = part;
        }
    }

    /// <summary>A text in parts of which each fits into a property; none of an empty one.</summary>
    public static IEnumerable<string> Pieces(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = Math.Min(PieceLength, text.Length - start);
            if (start + length < text.Length && char.IsHighSurrogate(text[start + length - 1]))
            {
                length--; // half a character does not survive the way to the storage
            }

            yield return text.Substring(start, length);
            start += length;
        }
    }

    public static string Read(IDictionary<string, object> row, string name) => string.Concat(
        Enumerable.Range(0, MostPieces).Select(piece => row.TryGetValue(name + piece, out var text) ? (string)text : null).TakeWhile(text => text is not null));
}
