using System.Security.Cryptography;
using Keyholder.OAuth;
using Keyholder.Sessions;
using Keyholder.Tokens;

namespace Keyholder.Tests.Tokens;

public sealed class OpaqueTokenFormatTests
{
    private readonly OpaqueTokenFormat _refresh = new("kh_rt_", RandomNumberGenerator.GetBytes(32));
    private readonly OpaqueTokenFormat _code = new("kh_ac_", RandomNumberGenerator.GetBytes(32));
    private readonly OpaqueToken _token = new(SessionId.Create(), 7, TokenSecret.Create());

    [Fact]
    public void A_written_token_reads_back()
    {
        var text = _refresh.Format(_token);

        _refresh.TryParse(text, out var read).ShouldBeTrue();
        read.SessionId.ShouldBe(_token.SessionId);
        read.Generation.ShouldBe(7u);
        read.Secret.Hash().ShouldBe(_token.Secret.Hash());
        text.ShouldStartWith("kh_rt_");
        text.Length.ShouldBe(97);
    }

    [Fact]
    public void A_flip_of_any_bit_of_any_character_is_refused()
    {
        var text = _refresh.Format(_token);
        for (var i = 0; i < text.Length; i++)
        {
            for (var bit = 0; bit < 16; bit++)
            {
                var chars = text.ToCharArray();
                chars[i] ^= (char)(1 << bit);
                _refresh.TryParse(chars, out _).ShouldBeFalse($"character {i}, bit {bit}");
            }
        }
    }

    [Theory]
    [InlineData("{0}=")]
    [InlineData("{0}==")]
    [InlineData("{0} ")]
    [InlineData(" {0}")]
    [InlineData("{0}\n")]
    [InlineData("{0}A")]
    [InlineData("{0}{0}")]
    public void A_token_has_one_spelling(string format) =>
        _refresh.TryParse(string.Format(null, format, _refresh.Format(_token)), out _).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("kh_rt_")]
    [InlineData("KH_RT_")]
    [InlineData("\0")]
    public void Too_little_is_refused(string text) => _refresh.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Every_truncation_is_refused()
    {
        var text = _refresh.Format(_token);
        for (var length = 0; length < text.Length; length++)
        {
            _refresh.TryParse(text.AsSpan(0, length), out _).ShouldBeFalse($"length {length}");
        }
    }

    [Fact]
    public void A_code_is_not_a_refresh_token_even_under_the_other_prefix()
    {
        var code = _code.Format(_token);

        _refresh.TryParse(code, out _).ShouldBeFalse();
        _refresh.TryParse("kh_rt_" + code[6..], out _).ShouldBeFalse();
    }

    [Fact]
    public void A_prefix_is_covered_by_the_mac_so_even_one_key_does_not_mix_kinds()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var code = new OpaqueTokenFormat("kh_ac_", key).Format(_token);

        new OpaqueTokenFormat("kh_rt_", key).TryParse("kh_rt_" + code[6..], out _).ShouldBeFalse();
    }

    [Fact]
    public void Another_servers_token_is_refused() =>
        new OpaqueTokenFormat("kh_rt_", RandomNumberGenerator.GetBytes(32)).TryParse(_refresh.Format(_token), out _).ShouldBeFalse();

    [Fact]
    public void Garbage_of_the_right_length_is_refused()
    {
        for (var i = 0; i < 1000; i++)
        {
            _refresh.TryParse("kh_rt_" + Base64UrlText.Encode(RandomNumberGenerator.GetBytes(68)), out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var text = _refresh.Format(_token);
        var read = _refresh.TryParse(text, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            read &= _refresh.TryParse(text, out _);
        }

        // 100 calls: one object each would be 2,400 bytes; the runtime itself may allocate once.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
        read.ShouldBeTrue();
    }

    [Fact]
    public void A_token_does_not_print_its_secret()
    {
        Span<byte> secret = stackalloc byte[TokenSecret.Size];
        _token.Secret.Write(secret);

        _token.ToString().ShouldBe($"token of session {_token.SessionId}, generation 7");
        _token.Secret.ToString().ShouldBe("token secret");
    }
}
