using System.Text;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>What is special about one setting: its form, what it was before anybody changed it, and how far ahead a change must be announced.</summary>
/// <param name="name">Its name in routes and rows: <c>fees</c>.</param>
internal abstract class SettingKind(string name)
{
    public string Name { get; } = name;

    /// <summary>The version that the product comes with.</summary>
    public abstract SettingVersion BuiltIn { get; }

    /// <summary>Reads the setting out of a request, recording mistakes in the form, and gives its one text.</summary>
    public abstract string Ask(JsonForm form);

    /// <summary>How far ahead a change must be announced.</summary>
    public virtual TimeSpan NoticeOf(string before, string after) => TimeSpan.Zero;
}

/// <summary>A setting whose content is a <typeparamref name="T"/>.</summary>
internal abstract class SettingKind<T>(string name, T builtIn) : SettingKind(name)
    where T : notnull
{
    public override SettingVersion BuiltIn => SettingVersion.BuiltIn(Compose(builtIn));

    public override string Ask(JsonForm form) => Compose(Read(form));

    public sealed override TimeSpan NoticeOf(string before, string after) => NoticeOf(Parse(before), Parse(after));

    /// <summary>Its one text, as it is stored and shown.</summary>
    public string Compose(T value) => AnswerJson.Serialize(Write(value));

    /// <summary>Reads what was stored.</summary>
    /// <exception cref="InvalidOperationException">The text was not written by this kind.</exception>
    public T Parse(string content)
    {
        var form = JsonForm.Parse(Encoding.UTF8.GetBytes(content)).Value ?? throw new InvalidOperationException($"A stored version of {Name} is not an object.");
        var value = Read(form);
        return form.Finish() is { } wrong ? throw new InvalidOperationException($"A stored version of {Name} cannot be read: {wrong.Detail.En}") : value;
    }

    /// <summary>As <see cref="SettingKind.NoticeOf"/>.</summary>
    protected virtual TimeSpan NoticeOf(T before, T after) => TimeSpan.Zero;

    /// <summary>Asks the form for every member; mistakes are recorded there.</summary>
    protected abstract T Read(JsonForm form);

    /// <summary>The members of its JSON form, as <see cref="Read"/> takes them.</summary>
    protected abstract object Write(T value);
}
