using System.Text;
using System.Text.Encodings.Web;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace WalletFunctions.Support.Email;

/// <summary>
/// HTML from strangers, made safe to show beside an agent's session: only known elements and attributes pass, nothing is
/// fetched from anywhere, nothing runs. Pictures of the mail itself keep their cid: source.
/// </summary>
internal static class SafeHtml
{
    private const int MaxInput = 400_000; // UTF-16 units; no letter is longer
    private const int MaxDepth = 100;

    // A letter of 5,000 elements, 40 deep, needs 200,000. The parser's work, and the elements it repeats for unclosed formatting,
    // grow with the number of elements times their depth.
    private const int MaxWork = 1_500_000;

    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "head", "title", "template", "iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "noscript", "noembed", "noframes",
        "textarea", "select", "input", "button", "canvas", "audio", "video", "map", "link", "meta", "base", "xmp", "plaintext",
    };

    private static readonly HashSet<string> Allowed = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li",
        "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
    };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "blockquote", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tr", "ul", "section", "article", "header", "footer",
    };

    private static readonly HashSet<string> Void = new(StringComparer.OrdinalIgnoreCase) { "br", "hr", "img", "col" };

    // These never nest in themselves, or have no content: leaving them open makes nothing deeper.
    private static readonly HashSet<string> ClosedByTheNext = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "html", "head", "body", "br", "hr", "img", "col", "meta", "link", "input", "wbr", "area", "base",
    };

    private static readonly HashSet<string> Attributes = new(StringComparer.OrdinalIgnoreCase) { "alt", "colspan", "rowspan", "dir", "lang", "title", "start", "type", "width", "height", "align" };

    /// <summary>What an agent's page may show.</summary>
    public static string Clean(string html)
    {
        var writer = new CleanWriter();
        Walk(html, writer);
        return writer.ToString();
    }

    /// <summary>The text of a page as a person would type it; quotes are marked with &gt;.</summary>
    public static string ToText(string html)
    {
        var writer = new PlainWriter();
        Walk(html, writer);
        return writer.ToString();
    }

    /// <summary>Without recursion: how deep a page nests is the sender's choice.</summary>
    private static void Walk(string html, IPageWriter writer)
    {
        using var document = new HtmlParser().ParseDocument(html[..BearableLength(html)]);
        if (document.Body is not { } body)
        {
            return;
        }

        var open = new Stack<(INode? Node, IElement? Closes)>();
        Push(body);
        var depth = 0;
        while (open.TryPop(out var next))
        {
            if (next.Closes is { } closing)
            {
                depth--;
                writer.Close(closing);
            }
            else if (next.Node is IText text)
            {
                writer.Text(text);
            }
            else if (next.Node is IElement element && !Dropped.Contains(element.LocalName))
            {
                if (depth < MaxDepth && writer.Open(element))
                {
                    depth++;
                    open.Push((null, element));
                }

                Push(element);
            }
        }

        void Push(INode parent)
        {
            for (var child = parent.LastChild; child is not null; child = child.PreviousSibling)
            {
                open.Push((child, null));
            }
        }
    }

    /// <summary>How much of a page the parser can be given; all of it unless somebody built it to hurt.</summary>
    private static int BearableLength(string html)
    {
        var length = Math.Min(html.Length, MaxInput);
        var (depth, work) = (0, 0);
        for (var at = html.IndexOf('<', StringComparison.Ordinal); at >= 0 && at < length - 1; at = html.IndexOf('<', at + 1))
        {
            var closes = html[at + 1] == '/';
            var start = closes ? at + 2 : at + 1;
            var end = start;
            while (end < length && char.IsAsciiLetterOrDigit(html[end]))
            {
                end++;
            }

            if (end > start && !ClosedByTheNext.Contains(html[start..Math.Min(end, start + 12)]))
            {
                depth = closes ? Math.Max(0, depth - 1) : depth + 1;
            }

            work += depth + 1;
            if (work > MaxWork)
            {
                return at;
            }
        }

        return length;
    }

    private interface IPageWriter
    {
        /// <summary>True where <see cref="Close"/> is to be called after the content.</summary>
        bool Open(IElement element);

        void Text(IText text);

        void Close(IElement element);
    }

    private sealed class CleanWriter : IPageWriter
    {
        private readonly StringBuilder result = new();

        public bool Open(IElement element)
        {
            if (!Allowed.Contains(element.LocalName))
            {
                return false;
            }

            result.Append('<').Append(element.LocalName);
            foreach (var attribute in element.Attributes)
            {
                if (Attributes.Contains(attribute.Name))
                {
                    Append(attribute.Name, attribute.Value);
                }
            }

            switch (element.LocalName)
            {
                case "a" when Target(element.GetAttribute("href")) is { } target:
                    Append("href", target);
                    Append("rel", "noopener noreferrer nofollow");
                    Append("target", "_blank");
                    break;
                case "img" when element.GetAttribute("src")?.Trim() is { } source && source.StartsWith("cid:", StringComparison.OrdinalIgnoreCase):
                    Append("src", source);
                    break;
                case "img" when element.GetAttribute("src") is not null:
                    Append("data-blocked", "remote"); // loading it would tell the sender that it was read
                    break;
                default:
                    break;
            }

            result.Append('>');
            return !Void.Contains(element.LocalName);
        }

        public void Text(IText text) => result.Append(HtmlEncoder.Default.Encode(text.Data));

        public void Close(IElement element) => result.Append("</").Append(element.LocalName).Append('>');

        public override string ToString() => result.ToString().Trim();

        private void Append(string name, string value) => result.Append(' ').Append(name).Append("=\"").Append(HtmlEncoder.Default.Encode(value)).Append('"');

        private static string? Target(string? href) =>
            Uri.TryCreate(href?.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto" or "tel" ? uri.AbsoluteUri : null;
    }

    private sealed class PlainWriter : IPageWriter
    {
        private readonly StringBuilder result = new();
        private int quotes;
        private int preformatted;

        public bool Open(IElement element)
        {
            if (element.LocalName == "br")
            {
                NewLine();
                return false;
            }

            if (Blocks.Contains(element.LocalName))
            {
                EndLine();
                if (element.LocalName is "p" or "h1" or "h2" or "h3" or "blockquote" && result.Length > 0)
                {
                    NewLine();
                }
            }

            quotes += element.LocalName == "blockquote" ? 1 : 0;
            preformatted += element.LocalName == "pre" ? 1 : 0;
            if (element.LocalName == "li")
            {
                Append("- ");
            }

            return true;
        }

        public void Text(IText text)
        {
            if (preformatted > 0)
            {
                foreach (var line in text.Data.EnumerateLines())
                {
                    Append(line);
                    NewLine();
                }

                return;
            }

            foreach (var word in text.Data.EnumerateRunes())
            {
                if (!Rune.IsWhiteSpace(word) || word.Value == 0xA0)
                {
                    Append(word.Value == 0xA0 ? " " : word.ToString());
                }
                else if (!AtLineStart && result[^1] != ' ')
                {
                    result.Append(' ');
                }
            }
        }

        public void Close(IElement element)
        {
            quotes -= element.LocalName == "blockquote" ? 1 : 0;
            preformatted -= element.LocalName == "pre" ? 1 : 0;
            if (Blocks.Contains(element.LocalName))
            {
                EndLine();
            }
            else if (element.LocalName is "td" or "th" && !AtLineStart)
            {
                Append(" ");
            }
        }

        public override string ToString()
        {
            var text = new StringBuilder();
            var blank = 0;
            foreach (var line in result.ToString().Split('\n'))
            {
                blank = line.Trim(' ', '>').Length == 0 ? blank + 1 : 0;
                if (blank <= 1)
                {
                    text.Append(line.TrimEnd()).Append('\n');
                }
            }

            return text.ToString().Trim('\n');
        }

        private bool AtLineStart => result.Length == 0 || result[^1] == '\n';

        private void Append(ReadOnlySpan<char> text)
        {
            if (AtLineStart && quotes > 0)
            {
                result.Append('>', Math.Min(quotes, 5)).Append(' ');
            }

            result.Append(text);
        }

        private void NewLine() => result.Append('\n');

        private void EndLine()
        {
            if (!AtLineStart)
            {
                NewLine();
            }
        }
    }
}
