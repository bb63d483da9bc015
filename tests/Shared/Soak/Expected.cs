namespace WalletFunctions.Soak;

/// <summary>What the model says an answer must be.</summary>
/// <param name="Members">By path; null: the member must not be there; an array: any of these.</param>
internal sealed record Expected(int Status, string? Code, params (string Path, object? Value)[] Members)
{
    public static Expected Refusal(string code, int status = 422) => new(status, code);

    public static Expected Answer(int status, params (string Path, object? Value)[] members) => new(status, null, members);

    /// <summary>What is wrong with an answer; null when nothing is.</summary>
    public string? Compare(SoakAnswer answer)
    {
        if (answer.Status != Status || answer.Code != Code)
        {
            return $"{answer.Status} {answer.Code}";
        }

        foreach (var (path, value) in Members)
        {
            var told = answer.Member(path);
            if (value is string[] any ? !any.Contains(told, StringComparer.Ordinal) : told != value?.ToString())
            {
                return $"{path} is {told ?? "missing"}";
            }
        }

        return null;
    }

    public override string ToString() => $"{Status} {Code} {string.Join(", ", Members.Select(member => $"{member.Path}={(member.Value is string[] any ? string.Join('|', any) : member.Value ?? "nothing")}"))}";
}
