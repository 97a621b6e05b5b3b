using Akka.Actor;
using WsActors.Serialization;

namespace WsActors.Tests.Serialization;

/// <summary>
/// The bytes of each message between nodes. Nodes of two versions live in one cluster during an upgrade: bytes recorded here must be
/// readable for ever, and a message that needs other bytes gets another manifest.
/// </summary>
public sealed class GoldenBytesTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly WsSerializer _serializer;

    private readonly IReadOnlyDictionary<string, object> _samples;

    public GoldenBytesTests()
        : base("", Samples.System)
    {
        _serializer = new WsSerializer((ExtendedActorSystem)Sys);
        _samples = new Samples((ExtendedActorSystem)Sys).All;
        Sys.WebSockets();
    }

    public static TheoryData<string, string> Golden => new()
    {
        { "S1", "00010002046b657901ee6403433106a11f0461636b68c3a9" },
        { "C1", "a11f07656e6f756768" },
        { "P1", "" },
        { "G1", "" },
        { "D1", "ac02" },
        {
            "O1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334323c474554202f636861742f7465613f6e61"
            + "6d653d416e6e20485454502f312e310d0a486f73743a20686572650d0a436f6f6b69653a20613de90d0a0d0a0d2f636861742f7b726f6f"
            + "6d7d0105726f6f6d047465610108636861742e76310a3139322e302e322e310668747470730568657265bb0308636861742e7631010106"
            + "746f6b656e3b687474703a2f2f736368656d61732e786d6c736f61702e6f72672f77732f323030352f30352f6964656e746974792f636c"
            + "61696d732f6e616d653d687474703a2f2f736368656d61732e6d6963726f736f66742e636f6d2f77732f323030382f30362f6964656e74"
            + "6974792f636c61696d732f726f6c65013b687474703a2f2f736368656d61732e786d6c736f61702e6f72672f77732f323030352f30352f"
            + "6964656e746974792f636c61696d732f6e616d6504616e6e28687474703a2f2f7777772e77332e6f72672f323030312f584d4c53636865"
            + "6d6123737472696e67104c4f43414c20415554484f52495459104c4f43414c20415554484f52495459010774656e616e74046f6e6501"
        },
        {
            "O2",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343226474554202f636861742f746561204854"
            + "54502f312e310d0a486f73743a20686572650d0a0d0a0d2f636861742f7b726f6f6d7d0105726f6f6d047465610108636861742e76310a"
            + "3139322e302e322e310668747470730568657265bb0300000000"
            + Convert.ToHexStringLower(
                [(byte)(Samples.Certificate.Length | 0x80), (byte)(Samples.Certificate.Length >> 7), .. Samples.Certificate])
        },
        { "R1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432006869" },
        { "RC1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343201010102" },
        { "PO1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334328087a70e" },
        { "DR1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334328080d79af4baa5df1177" },
        { "CO1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432" },
        { "W1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432" },
        { "DP1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343280e497d012" },
        { "SF1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204010101000009" },
        {
            "CL1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432ee0705676f6e6501008087a70e800180e4"
            + "97d012"
        },
        { "RN1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432028087a70e04776879" },
        { "CF1", "0877733a2f2f782f036e6f01940301018087a70e" },
        { "J1", "047465610101056e616d6504416e6e" },
        { "LV1", "04746561" },
        { "JD1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204746561" },
        { "JF1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204746561036e6f" },
        { "PB1", "04746561000000006869" },
        { "TP1", "0474656126616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432000000006869" },
        { "TM1", "ac02" },
        { "TT1", "ac02" },
        {
            "AT1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334320369640119"
            + "616b6b612e7463703a2f2f63686174406f6e653a34303533"
        },
        {
            "AT2",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432"
            + "0369640119616b6b612e7463703a2f2f63686174406f6e653a3430353300010774656e616e74046f6e65"
        },
        { "DT1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432036964" },
        { "DL1", "0369640566656564ac02000000006869" },
        { "DA1", "0369640566656564ac02" },
        { "DE1", "0369640566656564ab02" },
        { "DF1", "0369640566656564ac02036e6f" },
        {
            "SB1",
            "036964030102030126616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334320a77733a2f2f2a3a38"
            + "300026616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334323c474554202f636861742f7465613f"
            + "6e616d653d416e6e20485454502f312e310d0a486f73743a20686572650d0a436f6f6b69653a20613de90d0a0d0a0d2f636861742f7b72"
            + "6f6f6d7d0105726f6f6d047465610108636861742e76310a3139322e302e322e310668747470730568657265bb0308636861742e763100"
            + "010774656e616e74046f6e650101"
        },
        { "SR1", "036964030102030665706f6368ac0226616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343201" },
        {
            "SR2",
            "036964030102030665706f6368ac0226616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343201"
            + "0a77733a2f2f2a3a38300d2f636861742f7b726f6f6d7d08636861742e763100010774656e616e74046f6e65"
        },
        {
            "SS1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343226616b6b613a2f2f676f6c64656e2f7379"
            + "7374656d2f776562736f636b6574732f2461233432ac02"
        },
        { "SU1", "036964" },
        { "SW1", "036964" },
        { "SO1", "036964" },
        { "SN1", "036964036e6f" },
        { "SH1", "ac02" },
        { "SC1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432ac02006869" },
        { "SA1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432ac02" },
        {
            "SG1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343226616b6b613a2f2f676f6c64656e2f7379"
            + "7374656d2f776562736f636b6574732f2461233432e8070101018087a70e0102"
        },
        { "SE1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334328080d79af4baa5df1177" },
        { "SP1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432ac02" },
        { "GH1", "" },
        { "H1", "02000b5b3a3a315d3a383038300107686572653a31010007" },
        { "H2", "02000b5b3a3a315d3a383038300107686572653a3101000704776879" },
        { "H3", "02000b5b3a3a315d3a383038300107686572653a310100070477687902" },
        {
            "ST1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334320a77733a2f2f2a3a3830022f0a3139322e"
            + "302e322e3100037631018080d79af4baa5df11008087a70e010203040506018087a70e"
        },
        { "T1", "01020304010a77733a2f2f2a3a3830000d3132372e302e302e313a383001020304" },
        {
            "L1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204616e6e0d3139322e302e322e302f3234"
            + "022f0205010c"
        },
        {
            "LC1",
            "0126616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334320a77733a2f2f2a3a3830022f0a313932"
            + "2e302e322e3100037631018080d79af4baa5df11008087a70e010203040506018087a70e0108"
        },
        {
            "K1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204616e6e0d3139322e302e322e302f3234"
            + "022f02a31f0762616e6e6564"
        },
        { "KD1", "03" },
        { "DN1", "010000" },
        { "DD1", "0401" },
        {
            "O3",
            "0026616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334323c474554202f636861742f7465613f"
            + "6e616d653d416e6e20485454502f312e310d0a486f73743a20686572650d0a436f6f6b69653a20613de90d0a0d0a0d2f636861742f7b"
            + "726f6f6d7d0105726f6f6d047465610108636861742e76310a3139322e302e322e310668747470730568657265bb0308636861742e76"
            + "31010106746f6b656e3b687474703a2f2f736368656d61732e786d6c736f61702e6f72672f77732f323030352f30352f6964656e7469"
            + "74792f636c61696d732f6e616d653d687474703a2f2f736368656d61732e6d6963726f736f66742e636f6d2f77732f323030382f3036"
            + "2f6964656e746974792f636c61696d732f726f6c65013b687474703a2f2f736368656d61732e786d6c736f61702e6f72672f77732f32"
            + "3030352f30352f6964656e746974792f636c61696d732f6e616d6504616e6e28687474703a2f2f7777772e77332e6f72672f32303031"
            + "2f584d4c536368656d6123737472696e67104c4f43414c20415554484f52495459104c4f43414c20415554484f52495459010774656e"
            + "616e74046f6e6501650207536572766572046f6e6507582d4e6f64650474776f"
        },
        {
            "RW1",
            "010106746f6b656e3b687474703a2f2f736368656d61732e786d6c736f61702e6f72672f77732f323030352f30352f6964656e74"
            + "6974792f636c61696d732f6e616d653d687474703a2f2f736368656d61732e6d6963726f736f66742e636f6d2f77732f32303038"
            + "2f30362f6964656e746974792f636c61696d732f726f6c65013b687474703a2f2f736368656d61732e786d6c736f61702e6f7267"
            + "2f77732f323030352f30352f6964656e746974792f636c61696d732f6e616d6504616e6e28687474703a2f2f7777772e77332e6f"
            + "72672f323030312f584d4c536368656d6123737472696e67104c4f43414c20415554484f52495459104c4f43414c20415554484f"
            + "524954598080d79af4baa5df1177"
        },
        { "EX1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f24612334328080d79af4baa5df1177" },
        { "RD1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432008080d79af4baa5df1177" },
        { "RF1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432036e6f" },
        { "PM1", "006869" },
        { "WF1", "02046b6579" },
        {
            "UR1",
            "26474554202f636861742f74656120485454502f312e310d0a486f73743a20686572650d0a0d0a0d2f636861742f7b726f6f6d7d0105"
            + "726f6f6d047465610108636861742e76310a3139322e302e322e310668747470730568657265bb0301"
            + Convert.ToHexStringLower(
                [(byte)(Samples.Certificate.Length | 0x80), (byte)(Samples.Certificate.Length >> 7), .. Samples.Certificate])
        },
        {
            "CC1",
            Convert.ToHexStringLower(
                [(byte)(Samples.Certificate.Length | 0x80), (byte)(Samples.Certificate.Length >> 7), .. Samples.Certificate])
        },
        { "CN1", "0877733a2f2f782f26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f2461233432" },
        { "BD1", "0977733a2f2f2a3a30000d3132372e302e302e313a3830" },
        { "BD2", "0977733a2f2f2a3a30000d3132372e302e302e313a38300100095b3a3a315d3a3830" },
        { "BF1", "0977733a2f2f2a3a30036e6f" },
        { "UB1", "000d3132372e302e302e313a3830" },
        { "UN1", "000d3132372e302e302e313a3830" },
        { "ET1", "0a77733a2f2f2a3a3830000d3132372e302e302e313a383001020304" },
        {
            "FI1",
            "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204616e6e0d3139322e302e322e302f32"
            + "34022f02"
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_message_is_written_in_the_recorded_bytes(string manifest, string hex)
    {
        var written = EmbeddedMessage.From(_samples[manifest], Sys);

        Assert.Equal(manifest, written.Manifest);
        Assert.Equal(hex, Convert.ToHexStringLower(written.Bytes));
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_directly_told_message_is_written_for_every_version(string manifest, string hex)
    {
        // A client's Opened crosses without its Response, as it always did; a user's message that holds it keeps that.
        var (own, bytes) = manifest == "O3"
            ? ("O1", _serializer.ToBinary((Ws.Opened)_samples["O3"] with { Response = null }))
            : (manifest, Convert.FromHexString(hex));

        Assert.Equal(own, _serializer.Manifest(_samples[manifest]));
        Assert.Equal(Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(_serializer.ToBinary(_samples[manifest])));
    }

    [Fact]
    public void A_clients_opened_with_certificate_and_response_crosses_as_O2()
    {
        var opened = (Ws.Opened)_samples["O2"] with { Response = ((Ws.Opened)_samples["O3"]).Response };

        Assert.Equal("O2", _serializer.Manifest(opened));
        Assert.Equal(_serializer.ToBinary(_samples["O2"]), _serializer.ToBinary(opened));
        Assert.Equal("O3", EmbeddedMessage.From(opened, Sys).Manifest);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void All_recorded_bytes_are_read(string manifest, string hex) =>
        Assert.Equal(Rendering.Of(_samples[manifest]), Rendering.Of(_serializer.FromBinary(Convert.FromHexString(hex), manifest)));

    [Fact]
    public void Every_command_and_event_crosses_nodes() => Assert.Empty(
        typeof(Ws).GetNestedTypes(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)
            .Where(
                static type =>
                    type.IsClass
                        && new[] { typeof(Ws.ICommand), typeof(Ws.IEvent), typeof(Ws.IOperation), typeof(Ws.IValue) }.Any(
                            kind => kind.IsAssignableFrom(type)))
            .Except(WsSerializer.Known.Types));

    [Fact]
    public void Every_message_that_crosses_nodes_has_recorded_bytes() =>
        Assert.Equal(WsSerializer.Known.Types.ToHashSet(), Golden.Select(row => _samples[(string)row[0]].GetType()).ToHashSet());
}
