using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WalletFunctions.Wallet;

/// <summary>Who has a claim, or is about to have it.</summary>
internal sealed class ClaimRow : BookRow
{
    private static readonly JsonSerializerOptions Short = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>JSON list; at most <see cref="Claim.Limit"/> of some hundred characters.</summary>
    [DataMember(Name = "h")]
    public string Json { get; set; } = "[]";

    /// <summary>Nobody else may have it.</summary>
    [DataMember(Name = "z")]
    public bool? Closed { get; set; }

    /// <summary>Whether a transfer that was made has it.</summary>
    [IgnoreDataMember]
    public bool IsKept => Holders.Any(holder => holder.R is null);

    [IgnoreDataMember]
    public IReadOnlyList<ClaimHolder> Holders
    {
        get => JsonSerializer.Deserialize<List<ClaimHolder>>(Json)!;
        set => Json = JsonSerializer.Serialize(value, Short);
    }
}

/// <summary>One payer's part of a claim. Pure: each change is a new list.</summary>
/// <param name="W">The payer's wallet.</param>
/// <param name="R">The request that takes it; null once it is kept.</param>
/// <param name="O">The operations of that request that may still debit, joined by spaces; null once it is kept.</param>
internal sealed record ClaimHolder(string W, string? R, string? O)
{
    private bool IsKept => R is null;

    /// <returns>The list to store when it can be had.</returns>
    public static (ClaimResult Result, IReadOnlyList<ClaimHolder>? Holders) Place(
        IReadOnlyList<ClaimHolder> holders, int most, string operation, string payer, string request)
    {
        var own = holders.FirstOrDefault(holder => holder.W == payer);
        if (own is null)
        {
            return holders.Count < most ? (ClaimResult.Placed, [.. holders, new ClaimHolder(payer, request, operation)])
                : (holders.All(holder => holder.IsKept) ? ClaimResult.Taken : ClaimResult.Busy, null);
        }

        if (own.IsKept)
        {
            return (ClaimResult.Taken, null);
        }

        // Each operation of the request keeps the claim by itself: the sweep of an older one must not release it.
        return own.R == request
            ? (ClaimResult.Placed, Replace(holders, own, own with { O = $"{own.O} {operation}" }))
            : (ClaimResult.Busy, null);
    }

    /// <summary>The list after an operation has come to its end.</summary>
    public static IReadOnlyList<ClaimHolder> Settle(IReadOnlyList<ClaimHolder> holders, string operation, string payer, ClaimEnd end)
    {
        var own = holders.FirstOrDefault(holder => holder.W == payer);
        if (end == ClaimEnd.Kept)
        {
            var kept = new ClaimHolder(payer, null, null);
            return own is null ? [.. holders, kept] : Replace(holders, own, kept);
        }

        if (own is null or { IsKept: true } || !own.O!.Split(' ').Contains(operation, StringComparer.Ordinal))
        {
            return holders;
        }

        var left = string.Join(' ', own.O.Split(' ').Where(other => other != operation));
        return Replace(holders, own, end == ClaimEnd.Refused || left.Length == 0 ? null : own with { O = left });
    }

    private static List<ClaimHolder> Replace(IReadOnlyList<ClaimHolder> holders, ClaimHolder old, ClaimHolder? changed) =>
        [.. holders.Select(holder => ReferenceEquals(holder, old) ? changed : holder).OfType<ClaimHolder>()];
}
