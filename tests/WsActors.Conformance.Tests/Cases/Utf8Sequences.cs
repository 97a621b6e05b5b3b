using System.Text;
using WsActors.Conformance.Tests.Script;

namespace WsActors.Conformance.Tests.Cases;

/// <summary>
/// Texts octet by octet, as tables (RFC 3629 §3, §4). <c>!</c> stands behind the first octet that no continuation can heal, <c>?</c>
/// behind a text that ends within a character. Each row is three cases: see <see cref="Utf8Row"/>.
/// </summary>
internal static class Utf8Sequences
{
    /// <summary>Incomplete sequences of two to six octets, the lowest and the highest of each.</summary>
    private static readonly string[] LastOctetMissing =
    [
        "C0!", "E0 80!", "F0 80! 80", "F8! 80 80 80", "FC! 80 80 80 80",
        "DF ?", "EF BF ?", "F7! BF BF", "FB! BF BF BF", "FD! BF BF BF BF",
    ];

    public static IEnumerable<Case> All =>
    [
        .. Table("6.5", "valid text", Hex("hello$world"), Hex("hello¢world"), Hex("hello€world"), Hex("hello𤭢world"), Hex("κόσμε")),
        .. Table("6.6", "a valid text, ended after each of its octets",
            "CE ?", "CE BA", "CE BA E1 ?", "CE BA E1 BD ?", "CE BA E1 BD B9", "CE BA E1 BD B9 CF ?", "CE BA E1 BD B9 CF 83",
            "CE BA E1 BD B9 CF 83 CE ?",
            "CE BA E1 BD B9 CF 83 CE BC",
            "CE BA E1 BD B9 CF 83 CE BC CE ?",
            "CE BA E1 BD B9 CF 83 CE BC CE B5"),
        .. Table("6.7", "the first character of its length", "00", "C2 80", "E0 A0 80", "F0 90 80 80"),
        .. Table("6.8", "the first sequence of an invalid length", "F8! 88 80 80 80", "FC! 84 80 80 80 80"),
        .. Table("6.9", "the last character of its length", "7F", "DF BF", "EF BF BF", "F4 8F BF BF"),
        .. Table("6.10", "the last sequence of its length", "F7! BF BF BF", "FB! BF BF BF BF", "FD! BF BF BF BF BF"),
        .. Table("6.11", "at the surrogates and at the end", "ED 9F BF", "EE 80 80", "EF BF BD", "F4 8F BF BF", "F4 90! 80 80"),
        .. Table("6.12", "continuations of nothing",
            "80!", "BF!", "80! BF", "80! BF 80", "80! BF 80 BF", "80! BF 80 BF 80", "80! BF 80 BF 80 BF", $"80! {From(0x81, 0xBF, " ")}"),
        .. Table("6.13", "leads without continuations",
            $"C0! 20 {From(0xC1, 0xDF, " 20 ")}", $"E0 20! {From(0xE1, 0xEF, " 20 ")}", $"F0 20! {From(0xF1, 0xF7, " 20 ")}",
            $"F8! 20 {From(0xF9, 0xFB, " 20 ")}", "FC! 20 FD 20"),
        .. Table("6.14", "the last octet is missing", LastOctetMissing),
        .. Table("6.15", "incomplete sequences, one after the other",
            "C0! E0 80 F0 80 80 F8 80 80 80 FC 80 80 80 80 DF EF BF F7 BF BF FB BF BF BF FD BF BF BF BF"),
        .. Table("6.16", "octets that are never in UTF-8", "FE!", "FF!", "FE! FE FF FF"),
        .. Table("6.17", "a slash, overlong", "C0! AF", "E0 80! AF", "F0 80! 80 AF", "F8! 80 80 80 AF", "FC! 80 80 80 80 AF"),
        .. Table("6.18", "the highest overlong sequence", "C1! BF", "E0 9F! BF", "F0 8F! BF BF", "F8! 87 BF BF BF", "FC! 83 BF BF BF BF"),
        .. Table("6.19", "NUL, overlong", "C0! 80", "E0 80! 80", "F0 80! 80 80", "F8! 80 80 80 80", "FC! 80 80 80 80 80"),
        .. Table("6.20", "a surrogate", "ED A0! 80", "ED AD! BF", "ED AE! 80", "ED AF! BF", "ED B0! 80", "ED BE! 80", "ED BF! BF"),
        .. Table("6.21", "a pair of surrogates",
            "ED A0! 80 ED B0 80", "ED A0! 80 ED BF BF", "ED AD! BF ED B0 80", "ED AD! BF ED BF BF",
            "ED AE! 80 ED B0 80", "ED AE! 80 ED BF BF", "ED AF! BF ED B0 80", "ED AF! BF ED BF BF"),
        .. Table("6.22", "a number that is no character, yet valid",
            [.. Enumerable.Range(0, 34).Select(static i => Hex((i / 2 << 16) + 0xFFFE + (i % 2)))]),
        .. Table("6.23", "a special", [.. Enumerable.Range(0xFFF9, 7).Select(Hex)]),
    ];

    private static IEnumerable<Case> Table(string section, string title, params string[] rows) =>
        rows.SelectMany((row, i) => Utf8Row.Parse(row).Cases($"{section}.{i + 1}", title));

    /// <summary>The octets from one to another, with something between them.</summary>
    private static string From(int first, int last, string between) =>
        string.Join(between, Enumerable.Range(first, last - first + 1).Select(static octet => $"{octet:X2}")) + between.TrimEnd();

    private static string Hex(int scalar) => Hex(new Rune(scalar).ToString());

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
}
