using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;
using Akka.Event;
using WsActors.Runtime;
using WsActors.Settings;
using WsActors.Tests.Loopback;
using WsActors.Transport.Tls;

namespace WsActors.Tests;

/// <summary>Certificates as they lie in files, and the sentence for each thing that may be wrong with them.</summary>
public sealed class CertificateFileTests : IDisposable
{
    private const string Password = "tea & biscuits";

    private readonly TestAuthority _authority = new();

    private readonly X509Certificate2 _certificate;

    public CertificateFileTests() => _certificate = _authority.Sign("CN=here", ["here"]);

    private ECDsa Key => TestAuthority.KeyOf(_certificate);

    private string CertificateFile => _authority.Write("cert.pem", _certificate.ExportCertificatePem());

    private string PasswordFile => "file:" + _authority.Write("password", Password + "\r\nsecond line");

    private string EncryptedKey => _authority.Write(
        "encrypted.key",
        Key.ExportEncryptedPkcs8PrivateKeyPem(
            Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));

    [Fact]
    public void PEM_may_hold_the_key_the_chain_or_both()
    {
        var key = _authority.Write("pkcs8.key", Key.ExportPkcs8PrivateKeyPem());
        var ecKey = _authority.Write("sec1.key", Key.ExportECPrivateKeyPem());
        var chain = _authority.Write("chain.pem", _certificate.ExportCertificatePem() + "\n" + File.ReadAllText(_authority.Path));

        AssertLoads(new TlsCertificate { Path = _authority.Write("both.pem", TestAuthority.PemOf(_certificate)) });
        AssertLoads(new TlsCertificate { Path = CertificateFile, KeyPath = key });
        AssertLoads(new TlsCertificate { Path = CertificateFile, KeyPath = ecKey });
        AssertLoads(new TlsCertificate { Path = chain, KeyPath = key });
        AssertLoads(new TlsCertificate { Path = CertificateFile, KeyPath = EncryptedKey, PasswordFrom = PasswordFile });
    }

    [Fact]
    public void The_chain_of_a_file_is_sent_unchanged()
    {
        var chain = new TestChain();

        AssertSends(chain, [chain.Leaf, chain.Middle, chain.Cross], [chain.Middle, chain.Cross]);
        AssertSends(chain, [chain.Leaf, chain.Middle, chain.New], [chain.Middle, chain.New]);
        AssertSends(chain, [chain.Leaf, chain.Middle, chain.New, chain.Cross], [chain.Middle, chain.New, chain.Cross]);
        AssertSends(chain, [chain.Leaf, chain.Middle, chain.Cross, chain.New], [chain.Middle, chain.Cross, chain.New]);
        AssertSends(chain, [chain.Leaf], []);
    }

    [Fact]
    public void The_chain_of_a_PFX_is_sent_in_order_and_without_a_root()
    {
        var chain = new TestChain();
        using var own = X509Certificate2.CreateFromPem(chain.Leaf.ExportCertificatePem(), chain.LeafKey);
        var file = _authority.In("chain.pfx");
        X509Certificate2Collection all = [chain.New, chain.Cross, chain.Old, own, chain.Middle];
        File.WriteAllBytes(file, all.Export(X509ContentType.Pfx)!); // not null: PFX takes any

        Assert.Equal(
            ["CN=middle", "CN=new root"],
            Load(new TlsCertificate { Path = file }).IntermediateCertificates.Select(static one => one.Subject));
    }

    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_byte_order_mark_is_read(string encoding)
    {
        var chain = new TestChain();
        var file = Write("chain.pem", TestChain.PemOf(chain.Leaf, chain.Middle, chain.Cross));
        var key = Write("leaf.key", chain.LeafKey);

        var loaded = Load(new TlsCertificate { Path = file, KeyPath = key });

        Assert.Equal(
            ["CN=localhost", "CN=middle", "CN=new root"],
            loaded.IntermediateCertificates.Prepend(loaded.TargetCertificate).Select(static one => one.Subject));
        AssertLoads(new TlsCertificate
        {
            Path = CertificateFile,
            KeyPath = EncryptedKey,
            PasswordFrom = "file:" + Write("password", Password),
        });
        Assert.Equal(3, Transport.Tls.CertificateFile.LoadAuthorities(file, "ws-actors.tls.client-ca").Count);

        string Write(string name, string text)
        {
            var path = _authority.In(name);
            File.WriteAllText(path, text, System.Text.Encoding.GetEncoding(encoding));
            return path;
        }
    }

    [Fact]
    public void Certificates_in_another_order_are_sent_in_order()
    {
        var chain = new TestChain();

        AssertSends(chain, [chain.Leaf, chain.Cross, chain.Middle], [chain.Middle, chain.Cross]);
        AssertSends(chain, [chain.Cross, chain.Middle, chain.Leaf], [chain.Middle, chain.Cross]);
        AssertSends(chain, [chain.Middle, chain.Leaf, chain.Cross, chain.Old], [chain.Middle, chain.Cross, chain.Old]);
    }

    [Fact]
    public void A_key_encrypted_by_scrypt_is_distinguished_from_a_wrong_password()
    {
        // openssl pkcs8 -topk8 -scrypt -passout pass:secret
        var key = _authority.Write("scrypt.key", """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAiPMMBYhPxfggICBAAC
            AQECAQEwHQYJYIZIAWUDBAEqBBB/XqYSrTpphOY2aBv+pgI1BIGQo4YsbZBIclSg
            SHAk81AY6zCOojOFgfUkFbmDCtwfShdfDhcfSadRad2d2MELsTr/k9++UOF2sstZ
            /05q5+tR/JCpBpD365v8CXJr4MB9t33kF1gVFub1WGiVHDceRZTljpx2exZJtECK
            RbkpcrD0+g+Q+1ekjTPzYKEkBwMQsG8x5zt6sgoCfplwIj4pX0jd
            -----END ENCRYPTED PRIVATE KEY-----
            """);

        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = key, PasswordFrom = "file:" + _authority.Write("secret", "secret") },
            $"ws-actors.tls.key = {key} ",
            "scrypt",
            "openssl pkey -aes256");
    }

    [Fact]
    public void A_key_encrypted_in_the_old_form_is_distinguished_from_a_key_of_another_certificate()
    {
        const string Text =
            "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
                + "AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
        var key = _authority.Write("old.key", Text);

        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = key, PasswordFrom = PasswordFile },
            $"ws-actors.tls.key = {key} ",
            "encrypted in the old form",
            "openssl pkcs8 -topk8");
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n")]
    [InlineData("x-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void An_unreadable_certificate_is_refused(string other)
    {
        var file = _authority.Write("chain.pem", TestAuthority.PemOf(_certificate) + other);

        AssertRefused(
            new TlsCertificate { Path = file },
            $"ws-actors.tls.certificate = {file} ", "of its certificates (2) only 1 can be read");
        Assert.Contains(
            "only 1 can be read",
            Assert.Throws<ConfigurationException>(
                () => Transport.Tls.CertificateFile.LoadAuthorities(file, "ws-actors.tls.client-ca")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_named_as_such_in_any_form()
    {
        using var rsa = RSA.Create(2048);
        using var otherRsa = RSA.Create(2048);
        using var otherEc = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var ofRsa = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string[] keys =
        [
            otherRsa.ExportPkcs8PrivateKeyPem(),
            otherRsa.ExportRSAPrivateKeyPem(),
            otherEc.ExportPkcs8PrivateKeyPem(),
            otherEc.ExportECPrivateKeyPem(),
            otherEc.ExportPkcs8PrivateKeyPem() + "\n" + otherRsa.ExportPkcs8PrivateKeyPem(),
        ];

        foreach (var certificate in new[] { CertificateFile, _authority.Write("rsa.pem", ofRsa.ExportCertificatePem()) })
        {
            foreach (var text in keys)
            {
                var key = _authority.Write("other.key", text);
                AssertRefused(
                    new TlsCertificate { Path = certificate, KeyPath = key },
                    $"ws-actors.tls.key = {key} ",
                    $"it is not the key of the certificate in {certificate}");
            }
        }
    }

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n")]
    // RFC 8032 §7.1
    [InlineData(
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n")]
    public void An_unreadable_key_is_not_reported_as_a_key_of_another_certificate(string text)
    {
        var key = _authority.Write("broken.key", text);

        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = key },
            $"ws-actors.tls.key = {key} ",
            "cannot be read: it is damaged, or neither RSA nor EC");
    }

    [Fact]
    public void An_authoritys_key_beside_the_leaf_is_refused()
    {
        var chain = new TestChain();
        var file = _authority.Write("chain.pem", TestChain.PemOf(chain.Leaf, chain.Middle, chain.New));
        var key = _authority.Write("middle.key", chain.MiddleKey);

        AssertRefused(
            new TlsCertificate { Path = file, KeyPath = key },
            $"ws-actors.tls.key = {key} ",
            "the key of the authority CN=middle, not that of the certificate CN=localhost");
    }

    [Fact]
    public void A_PFX_with_an_authoritys_key_serves_the_leaf()
    {
        var chain = new TestChain();
        using var own = X509Certificate2.CreateFromPem(chain.Leaf.ExportCertificatePem(), chain.LeafKey);
        using var middle = X509Certificate2.CreateFromPem(chain.Middle.ExportCertificatePem(), chain.MiddleKey);
        X509Certificate2Collection all = [middle, own];
        var file = WriteBytes("keys.pfx", all.Export(X509ContentType.Pfx)!); // not null: PFX takes any

        Assert.Equal("CN=localhost", Load(new TlsCertificate { Path = file }).TargetCertificate.Subject);
    }

    [Fact]
    public void An_empty_file_and_a_DER_file_are_refused_with_a_message_each()
    {
        var empty = _authority.Write("empty.pem", "");
        var der = WriteBytes("cert.cer", _certificate.RawData);

        AssertRefused(new TlsCertificate { Path = empty }, $"ws-actors.tls.certificate = {empty} ", "it is empty");
        AssertRefused(new TlsCertificate { Path = der }, $"ws-actors.tls.certificate = {der} ", "in DER", "openssl x509 -inform der");
    }

    [Fact]
    public void The_key_of_a_PFX_without_one_may_be_beside_it()
    {
        using var bare = X509CertificateLoader.LoadCertificate(_certificate.RawData);
        var file = WriteBytes("bare.pfx", bare.Export(X509ContentType.Pfx));

        AssertRefused(
            new TlsCertificate { Path = file },
            $"ws-actors.tls.certificate = {file} ", "it holds no private key", "ws-actors.tls.key");
        AssertLoads(new TlsCertificate { Path = file, KeyPath = _authority.Write("beside.key", Key.ExportPkcs8PrivateKeyPem()) });
    }

    [Fact]
    public void A_byte_order_mark_between_two_joined_files_is_dropped()
    {
        var chain = new TestChain();
        var file = _authority.Write("joined.pem", "\uFEFF" + TestChain.PemOf(chain.Leaf) + "\uFEFF" + TestChain.PemOf(chain.Middle));

        Assert.Equal(
            ["CN=middle"],
            Load(
                new TlsCertificate
                {
                    Path = file,
                    KeyPath = _authority.Write("leaf.key", chain.LeafKey),
                }).IntermediateCertificates.Select(static one => one.Subject));
    }

    [Fact]
    public void A_PFX_is_opened_by_its_password()
    {
        var file = _authority.In("cert.pfx");
        File.WriteAllBytes(file, _certificate.Export(X509ContentType.Pfx, Password));
        var open = _authority.In("open.pfx");
        File.WriteAllBytes(open, _certificate.Export(X509ContentType.Pfx));

        AssertLoads(new TlsCertificate { Path = file, PasswordFrom = PasswordFile });
        AssertLoads(new TlsCertificate { Path = open });
        AssertRefused(new TlsCertificate { Path = file }, $"ws-actors.tls.certificate = {file} ", "ws-actors.tls.password");
        AssertRefused(
            new TlsCertificate { Path = file, PasswordFrom = WrongPassword },
            $"ws-actors.tls.certificate = {file} ",
            "that the password of ws-actors.tls.password opens");
    }

    [Fact]
    public void A_password_is_read_from_the_environment_and_not_from_the_settings()
    {
        const string Variable = "WSACTORS_TEST_PASSWORD";
        Environment.SetEnvironmentVariable(Variable, Password);
        AssertLoads(new TlsCertificate { Path = CertificateFile, KeyPath = EncryptedKey, PasswordFrom = $"env:{Variable}" });
        Environment.SetEnvironmentVariable(Variable, null);

        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = EncryptedKey, PasswordFrom = $"env:{Variable}" },
            $"ws-actors.tls.password = env:{Variable} ",
            "no such environment variable");
        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = EncryptedKey, PasswordFrom = "file:/no/such" },
            "ws-actors.tls.password = /no/such ",
            "no such file");
        var refused = AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = EncryptedKey, PasswordFrom = Password },
            "ws-actors.tls.password is not usable",
            "env:NAME");
        Assert.DoesNotContain(Password, refused, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unusable_setting_is_refused_with_key_and_value()
    {
        using var other = _authority.Sign("CN=other", ["other"]);
        var otherKey = _authority.Write("other.key", TestAuthority.KeyOf(other).ExportPkcs8PrivateKeyPem());
        var text = _authority.Write("text", "nothing of the kind");
        var broken = _authority.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        var keyAlone = _authority.Write("alone.key", Key.ExportPkcs8PrivateKeyPem());

        AssertRefused(new TlsCertificate { Path = "/no/such/file" }, "ws-actors.tls.certificate = /no/such/file ", "there is no such file");
        AssertRefused(
            new TlsCertificate { Path = Path.GetDirectoryName(text)! },
            "ws-actors.tls.certificate = "); // not null: it lies in one
        AssertRefused(new TlsCertificate { Path = text }, $"ws-actors.tls.certificate = {text} ", "neither PEM nor a PFX");
        AssertRefused(new TlsCertificate { Path = broken, KeyPath = keyAlone }, $"ws-actors.tls.certificate = {broken} ");
        AssertRefused(new TlsCertificate { Path = keyAlone }, $"ws-actors.tls.certificate = {keyAlone} ", "no certificate");
        AssertRefused(
            new TlsCertificate { Path = CertificateFile },
            $"ws-actors.tls.certificate = {CertificateFile} ", "ws-actors.tls.key");
        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = "/no/such.key" },
            "ws-actors.tls.key = /no/such.key ", "there is no such file");
        AssertRefused(new TlsCertificate { Path = CertificateFile, KeyPath = text }, $"ws-actors.tls.key = {text} ", "no private key");
        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = otherKey },
            $"ws-actors.tls.key = {otherKey} ", "not the key of the certificate");
        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = EncryptedKey },
            $"ws-actors.tls.key = {EncryptedKey} ", "ws-actors.tls.password");
        AssertRefused(
            new TlsCertificate { Path = CertificateFile, KeyPath = EncryptedKey, PasswordFrom = WrongPassword },
            $"ws-actors.tls.password = {WrongPassword} ",
            "does not open the key");
    }

    [Fact]
    public void An_endpoint_needs_a_certificate_and_client_certificates_need_an_authority()
    {
        var options = Read("");
        AssertFails(options, "ws-actors.tls.certificate is empty");

        var asking = options with
        {
            Certificate = new TlsCertificate { Path = _authority.Write("both.pem", TestAuthority.PemOf(_certificate)) },
            ClientCertificates = ClientCertificateMode.Request,
        };
        AssertFails(asking, "ws-actors.tls.client-ca is empty");
        AssertFails(asking with { ClientCa = "/no/such" }, "ws-actors.tls.client-ca = /no/such ");
        AssertFails(asking with { ClientCa = _authority.Write("empty.pem", "") }, "holds no certificate");
        AssertFails(
            asking with { ClientCertificates = ClientCertificateMode.None, Others = [new TlsCertificate { Path = "/no/such" }] },
            "ws-actors.tls.others[0].certificate = /no/such ");
    }

    [Fact]
    public void HOCON_has_one_certificate_and_any_number_of_additional_ones()
    {
        var options = Read(
            "certificate = a, key = b, password = \"env:C\", others = [{ certificate = d }, { certificate = e, key = f }], min-version = "
                + "1.3, client-certificates = require, client-ca = g, reload-interval = off");

        Assert.Equal(new TlsCertificate { Path = "a", KeyPath = "b", PasswordFrom = "env:C" }, options.Certificate);
        Assert.Equal([new TlsCertificate { Path = "d" }, new TlsCertificate { Path = "e", KeyPath = "f" }], options.Others);
        Assert.Equal(
            (TlsVersion.Tls13, ClientCertificateMode.Require, "g", null),
            (options.MinVersion, options.ClientCertificates, options.ClientCa, options.ReloadInterval));
        Assert.Null(Read("").Certificate);
        Assert.Empty(Read("").Others);
    }

    [Theory]
    [InlineData("key = b", "ws-actors.tls.certificate = ")]
    [InlineData("others = [{ certificate = a }]", "ws-actors.tls.certificate = ")]
    [InlineData("certificate = a, others = [{ key = b }]", "ws-actors.tls.others[0].certificate = ")]
    [InlineData("certificate = a, others = [{ certificat = b }]", "ws-actors.tls.others = ")]
    [InlineData("certificate = a, others = [b]", "ws-actors.tls.others = ")]
    public void A_section_without_a_certificate_is_refused_with_its_key(string hocon, string part) =>
        Assert.StartsWith(part, Assert.Throws<ConfigurationException>(() => Read(hocon)).Message, StringComparison.Ordinal);

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
    }

    private string WrongPassword => "file:" + _authority.Write("wrong", "wrong");

    private string WriteBytes(string name, byte[] bytes)
    {
        var path = _authority.In(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static TlsOptions Read(string hocon) =>
        ManagerSettings.FromConfig(
            ConfigurationFactory.ParseString($"ws-actors.tls {{ {hocon} }}").WithFallback(WebSocketExtension.DefaultConfig)).Endpoint.Tls;

    private void AssertSends(TestChain chain, X509Certificate2[] file, X509Certificate2[] sent)
    {
        var loaded = Load(
            new TlsCertificate
            {
                Path = _authority.Write("chain.pem", TestChain.PemOf(file)),
                KeyPath = _authority.Write("leaf.key", chain.LeafKey),
            });
        Assert.Equal(chain.Leaf.RawData, loaded.TargetCertificate.RawData);
        Assert.Equal(sent.Select(static one => one.Thumbprint), loaded.IntermediateCertificates.Select(static one => one.Thumbprint));
    }

    private static System.Net.Security.SslStreamCertificateContext Load(TlsCertificate certificate) =>
        Transport.Tls.CertificateFile.Load(certificate, "ws-actors.tls");

    private void AssertLoads(TlsCertificate certificate)
    {
        var loaded = Load(certificate);
        Assert.Equal(_certificate.RawData, loaded.TargetCertificate.RawData);
        Assert.True(loaded.TargetCertificate.HasPrivateKey);
    }

    private static string AssertRefused(TlsCertificate certificate, params string[] parts)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Transport.Tls.CertificateFile.Load(certificate, "ws-actors.tls")).Message;
        Assert.All(parts, part => Assert.Contains(part, refused, StringComparison.Ordinal));
        return refused;
    }

    private static void AssertFails(TlsOptions options, string part) => Assert.Contains(
        part,
        Assert.Throws<ConfigurationException>(() => new ServerTls(options, new Clock(TimeProvider.System), NoLogger.Instance)).Message,
        StringComparison.Ordinal);
}
