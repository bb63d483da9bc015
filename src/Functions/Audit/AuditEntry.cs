using System.Text.Json;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Audit;

/// <summary>One privileged act, as it is stored and shown.</summary>
/// <param name="AuditId">Opaque; sorts newest first.</param>
/// <param name="At">When, by the business clock.</param>
/// <param name="Actor">Who: an account's id, or <c>system</c> for what no person asked for.</param>
/// <param name="Role">As what.</param>
/// <param name="Action">Snake_case, feature first: <c>settings.approve</c>.</param>
/// <param name="Subject">On what: an id, or a setting's path such as <c>settings/fees</c>.</param>
/// <param name="RequestId">The request's id; repeats of one request are told by it.</param>
/// <param name="Details">What was changed, in ids, codes and numbers, and the reason that the actor gave.</param>
internal sealed record AuditEntry(string AuditId, DateTimeOffset At, string Actor, Role Role, string Action, string Subject, string RequestId, JsonElement? Details);

/// <summary>Which entries are asked for; null leaves a filter open.</summary>
internal sealed record AuditFilter(string? Actor, string? Subject, string? Action)
{
    private const int Longest = 200;

    /// <summary>Reads the filters of a request's query.</summary>
    public static Result<AuditFilter> Read(Func<string, string> query)
    {
        var wrong = new List<FieldError>();
        var filter = new AuditFilter(Member("actor"), Member("subject"), Member("action"));
        return wrong.Count == 0 ? filter : PlatformErrors.Validation(wrong);

        string? Member(string name)
        {
            var text = query(name);
            if (text.Length > Longest || text.Any(c => c is < ' ' or > '~'))
            {
                wrong.Add(FieldErrors.Invalid(name, new($"须为最多 {Longest} 个可见 ASCII 字符。", $"it must be at most {Longest} visible ASCII characters.")));
            }

            return text.Length == 0 ? null : text;
        }
    }
}
