using WsActors.Messages;
using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>A token names a session and proves that it is one's own; an id does only the first.</summary>
public sealed class SessionTokenTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("ann")]
    [InlineData("日本語")]
    public void A_token_is_parsed_as_it_was_created(string? user)
    {
        var token = SessionToken.New(user);

        Assert.True(SessionToken.TryParse(token.Text, out var again));
        Assert.Equal((token.Id, token.Text), (again.Id, again.Text));
        Assert.Equal(token.Secret, again.Secret);
        Assert.Equal(token.Text, SessionToken.Create(token.Id, token.Secret).Text);
        Assert.Matches("^[A-Za-z0-9_-]{60}$", token.Text);
        Assert.StartsWith(token.Id, token.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void R11_Tokens_are_unique_with_144_random_bits_in_id_and_secret()
    {
        var tokens = Enumerable.Range(0, 1000).Select(static _ => SessionToken.New("ann")).ToList();

        Assert.Equal(1000, tokens.Select(static token => token.Id).Distinct().Count());
        Assert.Equal(1000, tokens.Select(static token => Convert.ToHexString(token.Secret)).Distinct().Count());
        Assert.All(tokens, static token => Assert.Equal(18, token.Secret.Length));
        // Each bit of a secret is set in some and clear in others: the chance that one is not is below 2^-900.
        Assert.All(
            Enumerable.Range(0, 144),
            bit => Assert.Equal(2, tokens.Select(token => (token.Secret[bit / 8] >> (bit % 8)) & 1).Distinct().Count()));
    }

    [Fact]
    public void Sessions_of_a_user_share_the_user_part_and_anonymous_ones_do_not()
    {
        Assert.Equal(PartOf("ann"), PartOf("ann"));
        Assert.NotEqual(PartOf("ann"), PartOf("bob"));
        Assert.NotEqual(PartOf(null), PartOf(null));
    }

    [Fact]
    public void R11_A_token_belongs_to_its_own_user_only()
    {
        var (ann, nobody) = (SessionToken.New("ann"), SessionToken.New(null));

        Assert.True(ann.MayBelongTo("ann"));
        Assert.False(ann.MayBelongTo("bob"));
        Assert.False(ann.MayBelongTo(null));
        Assert.True(nobody.MayBelongTo(null));
        Assert.False(nobody.MayBelongTo("ann"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ")]
    public void Any_other_text_is_not_a_token(string text) => Assert.False(SessionToken.TryParse(text, out _));

    [Fact]
    public void ToString_does_not_contain_the_secret()
    {
        var token = SessionToken.New("ann");

        Assert.Equal(token.Id, token.ToString());
        Assert.DoesNotContain(
            "Secret",
            new SessionMessages.Resume(token.Id, token.Secret, "e", 1, Akka.Actor.ActorRefs.Nobody).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void R18_Only_whole_secrets_are_equal()
    {
        var secret = SessionToken.New(null).Secret;
        for (var bit = 0; bit < secret.Length * 8; bit++)
        {
            var other = (byte[])secret.Clone();
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(SessionToken.IsSame(secret, other));
        }

        Assert.True(SessionToken.IsSame(secret, (byte[])secret.Clone()));
        Assert.False(SessionToken.IsSame(secret, secret[..17]));
        Assert.False(SessionToken.IsSame(secret, []));
    }

    private static string PartOf(string? user) => SessionToken.UserPartOf(SessionToken.New(user).Id);
}
