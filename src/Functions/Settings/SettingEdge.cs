using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>What reading and proposing have in common, whichever setting it is.</summary>
/// <param name="desk">Decides.</param>
public sealed class SettingEdge(SettingDesk desk)
{
    private const int LongestNote = 500;

    internal async Task<IResult> GetAsync(SettingKind kind, CancellationToken cancellationToken)
    {
        var state = await desk.ReadAsync(kind, cancellationToken);
        return Answers.Ok(SettingAnswers.Of(kind.Name, state), state.ETag);
    }

    internal async Task<IResult> PutAsync(HttpRequest request, SettingKind kind, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadAsync(request, cancellationToken);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var proposal = new Proposal(
            kind.Ask(form.Value.RequiredObject("content")), form.Value.OptionalTime("effectiveFrom"), form.Value.OptionalString("note", LongestNote, multiline: true));
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var proposed = await desk.ProposeAsync(request.Caller(), kind, proposal, etag => ETags.Check(request, etag), key, cancellationToken);
        return proposed.IsOk
            ? Answers.Accepted(SettingAnswers.Of(proposed.Value, proposed.Value.ProposedAt), $"/api/v1/admin/settings/{kind.Name}/versions")
            : Answers.Problem(request, proposed.Error);
    }
}
