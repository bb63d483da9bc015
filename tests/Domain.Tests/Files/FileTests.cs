using System.Text;
using Shouldly;
using WalletFunctions.Domain.Files;
using Xunit;

namespace Domain.Tests.Files;

public sealed class FileTests
{
    [Fact]
    public void Files_are_what_their_bytes_say()
    {
        FileKind.Of([0xFF, 0xD8, 0xFF, 0xE0, 0]).ShouldBe(FileKind.Jpeg);
        FileKind.Of([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]).ShouldBe(FileKind.Png);
        FileKind.Of("RIFF\0\0\0\0WEBPVP8 "u8).ShouldBe(FileKind.Webp);
        FileKind.Of("%PDF-1.7\n"u8).ShouldBe(FileKind.Pdf);
        FileKind.Of("\0\0\0\u0020ftypisom\0\0"u8).ShouldBe(FileKind.Mp4);
        FileKind.Of("收据 12 元\r\n"u8).ShouldBe(FileKind.PlainText);
        FileKind.Of("<html><script>alert(1)</script>"u8)!.MediaType.ShouldStartWith("text/plain");
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ\u0090\0")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("\u007fELF")]
    [InlineData("\0\0\0\u0018ftypheic")]
    [InlineData("text with \0")]
    public void Everything_else_is_not_taken(string bytes) => FileKind.Of(Encoding.Latin1.GetBytes(bytes)).ShouldBeNull();

    [Fact]
    public void Text_that_is_not_UTF8_is_not_taken() => FileKind.Of([(byte)'a', 0xC3, 0x28]).ShouldBeNull();

    [Theory]
    [InlineData("photo.jpg", "photo.jpg")]
    [InlineData("PHOTO.JPEG", "PHOTO.jpeg")]
    [InlineData("C:\\Users\\li\\收据 1.jpg", "收据 1.jpg")]
    [InlineData("../../etc/passwd", "passwd.jpg")]
    [InlineData("page.html", "page.html.jpg")]
    [InlineData("a\r\nSet-Cookie: x=1;\".jpg", "aSet-Cookie x=1.jpg")]
    [InlineData("invoice\u202Egpj.exe", "invoicegpj.exe.jpg")]
    [InlineData("con.jpg", "_con.jpg")]
    [InlineData("LPT1.2024.jpg", "_LPT1.2024.jpg")]
    [InlineData("...", "file.jpg")]
    [InlineData(".jpg", "jpg.jpg")]
    [InlineData(null, "file.jpg")]
    [InlineData("\ud83d", "file.jpg")]
    public void Names_are_made_harmless(string? name, string clean) => FileName.Clean(name, FileKind.Jpeg).ShouldBe(clean);

    [Fact]
    public void Long_names_are_cut_between_characters()
    {
        var name = FileName.Clean(new string('x', FileName.Longest - 1) + "😀😀.png", FileKind.Png);
        name.ShouldBe(new string('x', FileName.Longest - 1) + ".png");
        FileName.Clean(new string('.', 5_000) + new string('y', 5_000), FileKind.Pdf).Length.ShouldBe(FileName.Longest + 4);
    }
}
