using Shouldly;
using Xunit;

namespace WalletFunctions.Domain.Tests.Common;

public class IdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_id_reads_back_as_itself()
    {
        var id = Id.New<WalletId>(Noon, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        Id.TryParse<WalletId>(id.Value, out var read).ShouldBeTrue();
        read.ShouldBe(id);
        id.Value.Length.ShouldBe("wal_".Length + 26);
    }

    [Fact]
    public void Every_bit_of_chance_is_in_the_id()
    {
        var zero = Id.New<WalletId>(Noon, new byte[10]);
        for (var bit = 0; bit < 80; bit++)
        {
            var bytes = new byte[10];
            bytes[bit / 8] = (byte)(128 >> (bit % 8));
            Id.New<WalletId>(Noon, bytes).ShouldNotBe(zero, $"bit {bit}");
        }
    }

    [Fact]
    public void Ids_sort_by_age()
    {
        var earlier = Id.New<WalletId>(Noon, Enumerable.Repeat((byte)255, 10).ToArray());
        var later = Id.New<WalletId>(Noon.AddMilliseconds(1), new byte[10]);
        string.CompareOrdinal(earlier.Value, later.Value).ShouldBeLessThan(0);
    }

    [Fact]
    public void A_seed_always_gives_the_same_id()
    {
        Id.From<WalletId>(Noon, "key"u8).ShouldBe(Id.From<WalletId>(Noon, "key"u8));
        Id.From<WalletId>(Noon, "key"u8).ShouldNotBe(Id.From<WalletId>(Noon, "kez"u8));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wal_")]
    [InlineData("acc_01kayw7400008100c1g50r3w0a")]
    [InlineData("wal_01KAYW7400008100C1G50R3W0A")]
    [InlineData("wal_01kayw7400008100c1g50r3w0il")]
    [InlineData("wal_01kayw7400008100c1g50r3w0i")]
    [InlineData("wal_01kayw7400008100c1g50r3w/a")]
    public void What_is_not_exactly_an_id_is_not_read(string? text) =>
        Id.TryParse<WalletId>(text, out _).ShouldBeFalse();
}
