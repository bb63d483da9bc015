using Shouldly;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Platform;

public class LongTextTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31_999)]
    [InlineData(32_000)]
    [InlineData(32_001)]
    [InlineData(200_000)]
    public void A_text_of_any_length_reads_back_as_it_was(int length) => ShouldReadBack(new string('x', length));

    [Theory]
    [InlineData(31_999)]
    [InlineData(32_000)]
    [InlineData(63_999)]
    public void No_character_of_two_units_is_cut_in_half(int before)
    {
        var row = ShouldReadBack(new string('x', before) + "💰" + new string('y', 40_000));
        row.Values.Cast<string>().ShouldAllBe(piece => !char.IsLowSurrogate(piece.First()) && !char.IsHighSurrogate(piece.Last()));
    }

    private static Dictionary<string, object> ShouldReadBack(string text)
    {
        var row = new Dictionary<string, object>(StringComparer.Ordinal);
        LongText.Write(row, "Body", text);
        LongText.Read(row, "Body").ShouldBe(text);
        row.Values.Cast<string>().ShouldAllBe(piece => piece.Length <= 32_000);
        return row;
    }
}
