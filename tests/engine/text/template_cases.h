// One small template for each construct of the Jinja subset, with the text it must give. The variables are
// those of caseInput(). The texts are checked against Python's Jinja2 where that is installed
// (tst_chat_templates_reference).
#pragma once

#include "engine/text/chat_template.h"

#include <vector>

namespace lectern::test {

struct TemplateCase {
    const char* name;
    const char* source;
    const char* expected;
};

inline const std::vector<TemplateCase> kTemplateCases = {
    {"plain text", "Hello {not a tag} % } }}", "Hello {not a tag} % } }}"},
    {"output", "{{ bos_token }}{{ messages[0].role }}|{{ messages[0]['content'] }}",
     "<s>system|Be brief."},
    {"undefined", "[{{ nothing }}{{ messages[9] }}{{ messages[0].nothing }}]", "[]"},
    {"literals",
     "{{ 1 }} {{ 1_000 }} {{ 2.5 }} {{ 1e3 }} {{ true }} {{ None }} {{ 'a' 'b' }} {{ "
     "\"q\\n\\x41\\u00e9\" }}",
     "1 1000 2.5 1000.0 True None ab q\nA\u00e9"},
    {"lists", "{{ [1, 'a', [2.0, none]] }} {{ (1,) }} {{ () }} {{ {'k': 1, 'l': [true]} }}",
     "[1, 'a', [2.0, None]] (1,) () {'k': 1, 'l': [True]}"},
    {"arithmetic",
     "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 1 + 2 * 3 - 4 }} {{ -2 ** 2 "
     "}} {{ +3 }}",
     "3 -4 2 3.5 1024 3 4 3"},
    {"text arithmetic",
     "{{ 'a' + 'b' * 3 }} {{ [1] + [2] }} {{ '%s-%d%%' % ('x', 4) }} {{ 'a' ~ 1 ~ none }}",
     "abbb [1, 2] x-4% a1None"},
    {"comparison",
     "{{ 1 < 2 < 3 }} {{ 1 < 2 > 5 }} {{ 'a' == 'a' != 'b' }} {{ 1 == 1.0 }} {{ true == 1 }} {{ [1, 2] < "
     "[1, 3] }}",
     "True False True True True True"},
    {"in", "{{ 'b' in 'abc' }} {{ 2 not in [1, 2] }} {{ 'k' in {'k': 1} }} {{ 'x' in nothing }}",
     "True False True False"},
    {"logic", "{{ 0 or 'a' }} {{ 1 and '' }}| {{ not 0 == 1 }} {{ not true and false }} {{ not not 3 }}",
     "a | True False True"},
    {"conditional", "{{ 'a' if 1 else 'b' }}{{ 'c' if 0 }}{{ 1 if 0 else 2 if 0 else 3 }}", "a3"},
    {"if", "{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}{% if '' %}x{% else %}y{% endif %}", "by"},
    {"for",
     "{% for m in messages %}{{ loop.index }}/{{ loop.length }}{{ m.role[0] }}{% if not loop.last %}, {% "
     "endif %}{% endfor %}",
     "1/3s, 2/3u, 3/3a"},
    {"for else",
     "{% for x in [] %}a{% else %}none{% endfor %}{% for x in nothing %}a{% else %}none{% endfor %}",
     "nonenone"},
    {"for filter", "{% for x in [1, 2, 3, 4] if x is even %}{{ loop.index0 }}:{{ x }} {% endfor %}",
     "0:2 1:4 "},
    {"for unpacks",
     "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}{% for (a, b) in [[1, 2]] "
     "%}{{ a + b }}{% endfor %}",
     "a=1;b=2;3"},
    {"loop variables",
     "{% for x in 'abc' %}{{ loop.revindex }}{{ loop.first }}{{ loop.previtem }}{{ loop.nextitem }}{{ "
     "loop.cycle('-', '+') }} {% endfor %}",
     "3Trueb- 2Falseac+ 1Falseb- "},
    {"loop changed", "{% for x in [1, 1, 2] %}{{ loop.changed(x) }} {% endfor %}", "True False True "},
    {"break and continue",
     "{% for x in range(9) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif "
     "%}{{ x }}{% endfor %}",
     "0134"},
    {"nested loops",
     "{% for a in [1, 2] %}{% for b in 'xy' %}{{ a }}{{ b }}{{ loop.depth }}{% endfor %}{% endfor %}",
     "1x11y12x12y1"},
    {"scope of a loop",
     "{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}{% if true %}{% "
     "set x = 9 %}{% endif %}{{ x }}",
     "2219"},
    {"set",
     "{% set a = 1 %}{% set b, c = 2, 3 %}{{ a }}{{ b }}{{ c }}{% set d %}x{{ a }}{% endset %}{{ d }}{% "
     "set e | upper %}y{% endset %}{{ e }}",
     "123x1Y"},
    {"namespace",
     "{% set ns = namespace(n=0, t='') %}{% for x in [1, 2] %}{% set ns.n = ns.n + x %}{% set ns.t = "
     "ns.t ~ x %}{% endfor %}{{ ns.n }}{{ ns.t }}",
     "312"},
    {"macro",
     "{% macro f(a, b='-', c=a) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ f(1) }}{{ f(1, c=3) }}{{ "
     "f(b=2) }}{{ f('x') | upper }}",
     "[1-1][1-3][2][X-X]"},
    {"macro calls macro",
     "{% macro g(n) %}{{ n }}{% if n > 0 %}{{ g(n - 1) }}{% endif %}{% endmacro %}{{ g(3) }}", "3210"},
    {"macro sees globals",
     "{% set x = 5 %}{% macro f() %}{{ x }}{{ messages | length }}{% endmacro %}{{ f() }}", "53"},
    {"call block",
     "{% macro f(a) %}<{{ a }}{{ caller(2) }}>{% endmacro %}{% call(x) f(1) %}in{{ x }}{% endcall %}",
     "<1in2>"},
    {"filter block", "{% filter upper %}a{{ 'b' }}{% endfilter %}", "AB"},
    {"with", "{% set a = 1 %}{% with a = 2, b = 3 %}{{ a }}{{ b }}{% endwith %}{{ a }}{{ b }}", "231"},
    {"generation", "a{% generation %}b{{ 1 }}{% endgeneration %}c", "ab1c"},
    {"raw", "{% raw %}{{ x }} {% if %}{% endraw %}!", "{{ x }} {% if %}!"},
    {"comments", "a{# b {{ c }} #}d\n{# alone #}\ne", "ad\ne"},
    {"slices",
     "{{ [0, 1, 2, 3][1:3] }} {{ [0, 1, 2][::-1] }} {{ 'hé中😀'[1:] }} {{ 'abc'[-2:] }} {{ 'abcdef'[::2] "
     "}} {{ [1, 2, 3][:-1] }} {{ 'abc'[5:] }}",
     "[1, 2] [2, 1, 0] é中😀 bc ace [1, 2] "},
    {"indices",
     "{{ [1, 2][-1] }} {{ 'né'[1] }} {{ {'a': {'b': 3}}.a.b }} {{ {'a': 4}['a'] }} {{ [[5]].0.0 }}",
     "2 é 3 4 5"},
    {"dictionary methods",
     "{% set d = {'a': 1} %}{{ d.get('a') }}{{ d.get('b', 2) }}{{ d.get('c') }}{{ d.keys() | list }}{{ "
     "d.values() | list }}{{ d.items() | list }}",
     "12None['a'][1][('a', 1)]"},
    {"text methods",
     "{{ ' a '.strip() }}{{ 'xxaxx'.strip('x') }}{{ 'a,b,c'.split(',') }}{{ ' a  b '.split() }}{{ "
     "'a,b,c'.rsplit(',', 1) }}{{ 'a b'.split(' ', 1)[0] }}",
     "aa['a', 'b', 'c']['a', 'b']['a,b', 'c']a"},
    {"more text methods",
     "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'a-b'.replace('-', '+') }} {{ "
     "'éA'.upper() }} {{ 'ÉA'.lower() }} {{ 'hello world'.title() }} {{ 'abc'.find('c') }} {{ "
     "'aXbX'.count('X') }} {{ '-'.join(['a', 'b']) }}",
     "True True a+b ÉA éa Hello World 2 2 a-b"},
    {"format",
     "{{ '{} {1} {x}'.format(1, 2, x=3) if false else '{0}-{1}-{x}'.format(1, 2, x=3) }} {{ "
     "'{{}}{}'.format('a') }} {{ '%s and %s' | format('a', 1) }}",
     "1-2-3 {}a a and 1"},
    {"trim and case",
     "[{{ '  a b\\n' | trim }}] {{ 'aB' | upper }} {{ 'aB' | lower }} {{ 'hELLO wORLD' | capitalize }} "
     "{{ 'big (little) o-ne' | title }}",
     "[a b] AB ab Hello world Big (Little) O-Ne"},
    {"length and ends",
     "{{ 'é中' | length }} {{ [1, 2] | count }} {{ [1, 2] | first }} {{ 'abc' | last }} {{ [] | first }}",
     "2 2 1 c "},
    {"join and list",
     "{{ [1, 2] | join(', ') }} {{ 'ab' | list }} {{ messages | map(attribute='role') | join('/') }} {{ "
     "[3, 1] | join }}",
     "1, 2 ['a', 'b'] system/user/assistant 31"},
    {"default",
     "{{ nothing | default('x') }} {{ '' | default('y', true) }} {{ none | d('z') }} {{ 0 | default(5, "
     "boolean=true) }}",
     "x y None 5"},
    {"replace and indent",
     "{{ 'a.b.c' | replace('.', '-', 1) }} {{ 'a\\nb\\n\\nc' | indent(2) }} {{ 'a\\nb' | indent(2, true) "
     "}}",
     "a-b.c a\n  b\n\n  c   a\n  b"},
    {"tojson",
     "{{ {'a': [1, 2.5, none, true, 'é\"\\n<']} | tojson }} {{ [1, {'b': 2}] | tojson(indent=2) }} {{ "
     "{'b': 1, 'a': 2} | tojson(sort_keys=true, separators=(',', ':')) }}",
     "{\"a\": [1, 2.5, null, true, \"é\\\"\\n<\"]} [\n  1,\n  {\n    \"b\": 2\n  }\n] {\"a\":2,\"b\":1}"},
    {"numbers",
     "{{ '12' | int }} {{ 'x' | int(7) }} {{ '3.9' | int }} {{ '2.5' | float }} {{ -3 | abs }} {{ 2.567 "
     "| round(1) }} {{ 2.2 | round(0, 'ceil') }} {{ 1e16 }} {{ 0.00001 }}",
     "12 7 3 2.5 3 2.6 3.0 1e+16 1e-05"},
    {"select",
     "{{ [1, 2, 3] | select('odd') | list }} {{ [0, 1] | select | list }} {{ [1, 2, 3] | reject('eq', 2) "
     "| list }} {{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | first "
     "}} {{ messages | rejectattr('role', 'in', ['user', 'system']) | list | length }}",
     "[1, 3] [1] [1, 3] Who?\n 1"},
    {"sort",
     "{{ [3, 1, 2] | sort }} {{ ['b', 'A'] | sort }} {{ [1, 2] | sort(reverse=true) }} {{ ['b', 'B', "
     "'a'] | unique | list }} {{ {'b': 1, 'a': 2} | dictsort }} {{ [1, 3] | max }} {{ [1, 3] | min }} {{ "
     "[1, 2.5] | sum }}",
     "[1, 2, 3] ['A', 'b'] [2, 1] ['b', 'a'] [('a', 2), ('b', 1)] 3 1 3.5"},
    {"reverse and batch",
     "{{ [1, 2] | reverse | list }} {{ 'abc' | reverse }} {{ [1, 2, 3] | batch(2) | list }}",
     "[2, 1] cba [[1, 2], [3]]"},
    {"map a filter", "{{ ['a', 'b'] | map('upper') | join }} {{ [' a '] | map('trim') | list }}",
     "AB ['a']"},
    {"escape", "{{ '<a href=\"x\">&' | e }} {{ '<b>' | safe }}", "&lt;a href=&#34;x&#34;&gt;&amp; <b>"},
    {"tests",
     "{{ x is defined }} {{ x is not defined }} {{ none is none }} {{ 'a' is string }} {{ {} is mapping "
     "}} {{ [] is iterable }} {{ [] is sequence }} {{ 1 is number }} {{ true is boolean }} {{ 1 is "
     "integer }} {{ 1.0 is float }} {{ true is true }} {{ 3 is odd }} {{ 4 is divisibleby 2 }} {{ 1 is "
     "sameas 1 }} {{ 'a' is in 'abc' }} {{ 'A' is upper }}",
     "False True True True True True True True True True True True True True True True True"},
    {"tests bind tightly",
     "{{ not x is defined and 'a' is string }} {{ 1 is number and 2 is odd or 3 is odd }}", "True True"},
    {"dash strips", "a \n {%- if true -%} \n b \n {%- endif -%} \n c {{- ' d ' -}} e", "abc d e"},
    {"blocks leave no lines", "a\n  {% if true %}\n  b\n  {% endif %}\nc", "a\n  b\nc"},
    {"plus keeps blanks", "a\n  {%+ if true %}x{% endif +%}\nb", "a\n  x\nb"},
    {"blanks beside text stay", "a {% if true %} b {% endif %} c", "a  b  c"},
    {"last newline goes", "a\n\n", "a\n"},
    {"brackets in tags",
     "{{ {'a': {'b': '}}'}}['a']['b'] }}{% set d = {'x': [1, {'y': 2}]} %}{{ d.x[1].y }}", "}}2"},
    {"clock", "{{ strftime_now('%Y-%m-%d') }}", "2023-11-14"},
    {"variables",
     "{{ enable_thinking is defined and not enable_thinking }} {{ add_generation_prompt }} {{ tools is "
     "none }}",
     "True True True"},
    {"append",
     "{% set l = [1] %}{{ (l + [2]) | length }}{{ range(3) | list }}{{ range(5, 1, -2) | list }}{{ "
     "dict(a=1) }}",
     "2[0, 1, 2][5, 3]{'a': 1}"},
};

inline TemplateInput caseInput()
{
    TemplateInput input;
    input.messages = {{"system", "Be brief."}, {"user", "Who?\n"}, {"assistant", "Ada <|im_end|> {{ x }}"}};
    input.bosToken = "<s>";
    input.eosToken = "</s>";
    input.variables = {{"enable_thinking", false}};
    input.unixSeconds = 1'700'000'000; // midday in November 2023 everywhere but the date line
    return input;
}

} // namespace lectern::test
