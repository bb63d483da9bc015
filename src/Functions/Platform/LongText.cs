namespace WalletFunctions.Platform;

/// <summary>A text longer than one property of a row may hold (32 Ki UTF-16 units), kept in numbered pieces: <c>Body0</c>, <c>Body1</c>, …</summary>
internal static class LongText
{
    /// <summary>32 pieces fill a row (1 MiB), so there are never more.</summary>
    private const int MostPieces = 32;

    private const int PieceLength = 32_000;

    public static void Write(IDictionary<string, object> row, string name, string text)
    {
        for (var (piece, start) = (0, 0); start < text.Length; piece++)
        {
            var length = Math.Min(PieceLength, text.Length - start);
            if (start + length < text.Length && char.IsHighSurrogate(text[start + length - 1]))
            {
                length--; // half a character does not survive the way to the storage
            }

            row[name + piece] = text.Substring(start, length);
            start += length;
        }
    }

    public static string Read(IDictionary<string, object> row, string name) => string.Concat(
        Enumerable.Range(0, MostPieces).Select(piece => row.TryGetValue(name + piece, out var text) ? (string)text : null).TakeWhile(text => text is not null));
}
