import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models


FIXED = ("poll", "mark", "stub", "batch", "ballot", "opening", "pad", "paperform", "reading")
GUARD = """
CREATE FUNCTION budgeting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % never changes', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
"""
FORWARD = GUARD + "".join(
    f"CREATE TRIGGER {name}_never_changes BEFORE UPDATE OR DELETE ON budgeting_{name}"
    " FOR EACH ROW EXECUTE FUNCTION budgeting_guard();"
    for name in FIXED
)
BACKWARD = "".join(f"DROP TRIGGER {name}_never_changes ON budgeting_{name};" for name in FIXED) + (
    "DROP FUNCTION budgeting_guard();"
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_one_time_password'),
        ('documents', '0002_hold'),
        ('masking', '0001_initial'),
        ('participation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('ENVELOPES', '网上投票'), ('URN', '纸质选票')], max_length=10, verbose_name='来源')),
                ('size', models.PositiveIntegerField(verbose_name='票数')),
                ('moved_at', models.DateTimeField(verbose_name='入箱时间')),
            ],
            options={
                'verbose_name': '入箱批次',
            },
        ),
        migrations.CreateModel(
            name='Pad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveSmallIntegerField(verbose_name='张数')),
                ('printed_at', models.DateTimeField(verbose_name='印制时间')),
            ],
            options={
                'verbose_name': '一本纸质选票',
            },
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('projects', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None, verbose_name='项目')),
                ('points', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), default=list, size=None, verbose_name='分数')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to='budgeting.batch')),
            ],
            options={
                'verbose_name': '选票',
            },
        ),
        migrations.CreateModel(
            name='PaperForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='选票编码')),
                ('pad', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='budgeting.pad')),
            ],
            options={
                'verbose_name': '纸质选票',
            },
        ),
        migrations.CreateModel(
            name='Poll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=200, verbose_name='投票')),
                ('options', models.JSONField(verbose_name='项目')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='预算（元）')),
                ('form', models.CharField(choices=[('approval', '选出赞成的项目'), ('knapsack', '在预算内挑选项目'), ('cumulative', '把分数分给项目'), ('ranked', '按先后排列项目')], max_length=12, verbose_name='选票形式')),
                ('limits', models.JSONField(default=dict, verbose_name='选票限制')),
                ('terms', models.JSONField(default=dict, verbose_name='计票规则')),
                ('opens_at', models.DateTimeField(verbose_name='开始时间')),
                ('closes_at', models.DateTimeField(verbose_name='截止时间')),
                ('frozen_at', models.DateTimeField(verbose_name='冻结时间')),
                ('digest', models.CharField(max_length=64, verbose_name='冻结内容的摘要')),
                ('public_key', models.BinaryField(verbose_name='签署投票凭证的公钥')),
                ('signing_key', models.BinaryField(verbose_name='已加密的私钥')),
                ('eligibility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='participation.eligibility', verbose_name='参与条件')),
                ('key', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masking.subjectkey')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='组织单位')),
            ],
            options={
                'verbose_name': '投票',
            },
        ),
        migrations.AddField(
            model_name='pad',
            name='poll',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pads', to='budgeting.poll'),
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ending', models.CharField(choices=[('OPENED', '已开箱'), ('TOO_FEW', '票数太少，不开箱')], max_length=8, verbose_name='结果')),
                ('marks', models.PositiveIntegerField(verbose_name='登记人数')),
                ('online', models.PositiveIntegerField(verbose_name='网上票数')),
                ('paper', models.PositiveIntegerField(verbose_name='纸质票数')),
                ('spoiled', models.PositiveIntegerField(verbose_name='纸质无效票数')),
                ('root', models.CharField(blank=True, max_length=64, verbose_name='选票的默克尔根')),
                ('opened_at', models.DateTimeField(verbose_name='开箱时间')),
                ('poll', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opening', to='budgeting.poll')),
            ],
            options={
                'verbose_name': '开箱',
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('WEB', '网上'), ('APP', '应用程序接口'), ('PAPER', '窗口领取纸质选票')], max_length=8, verbose_name='途径')),
                ('blinded', models.CharField(blank=True, max_length=64)),
                ('marked_on', models.DateField(verbose_name='登记日期')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person', verbose_name='投票人')),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='budgeting.poll')),
            ],
            options={
                'verbose_name': '投票登记',
            },
        ),
        migrations.CreateModel(
            name='Envelope',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('content', models.BinaryField()),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='envelopes', to='budgeting.poll')),
            ],
            options={
                'verbose_name': '票封',
            },
        ),
        migrations.AddField(
            model_name='batch',
            name='poll',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='budgeting.poll'),
        ),
        migrations.CreateModel(
            name='Stub',
            fields=[
                ('receipt', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='回执')),
                ('message', models.BinaryField(max_length=64)),
                ('signature', models.BinaryField(max_length=512)),
                ('poll', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stubs', to='budgeting.poll')),
            ],
            options={
                'verbose_name': '票根',
            },
        ),
        migrations.CreateModel(
            name='Urn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('number', models.CharField(max_length=40, verbose_name='票箱编号')),
                ('place', models.CharField(max_length=80, verbose_name='投票点')),
                ('papers', models.PositiveSmallIntegerField(verbose_name='清点张数')),
                ('state', models.CharField(choices=[('READING', '录入中'), ('CLOSED', '已入箱')], default='READING', max_length=8, verbose_name='状态')),
                ('opened_at', models.DateTimeField(verbose_name='启封时间')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='入箱时间')),
                ('spoiled', models.PositiveSmallIntegerField(null=True, verbose_name='无效票')),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='urns', to='budgeting.poll')),
                ('scan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document', verbose_name='扫描件')),
            ],
            options={
                'verbose_name': '纸质票箱',
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('look', models.PositiveSmallIntegerField(verbose_name='第几次录入')),
                ('projects', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None, verbose_name='项目')),
                ('points', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), default=list, size=None, verbose_name='分数')),
                ('is_spoiled', models.BooleanField(default=False, verbose_name='无效票')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='budgeting.paperform')),
                ('read_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('urn', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='budgeting.urn')),
            ],
            options={
                'verbose_name': '纸质选票录入',
            },
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='poll_closes_after_it_opens'),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(condition=models.Q(('frozen_at__lte', models.F('opens_at'))), name='poll_frozen_before_it_opens'),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(condition=models.Q(('budget__gt', 0)), name='poll_has_money'),
        ),
        migrations.AddConstraint(
            model_name='pad',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='pad_has_forms'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(('marks__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('online'), '+', models.F('paper')), '+', models.F('spoiled')))), name='opening_no_more_ballots_than_marks'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ending', 'TOO_FEW'), ('root', '')), models.Q(('ending', 'OPENED'), models.Q(('root', ''), _negated=True)), _connector='OR'), name='opening_with_root_when_opened'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.UniqueConstraint(fields=('poll', 'person'), name='mark_one_person_one_ballot'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('blinded', ''), ('channel', 'PAPER')), models.Q(models.Q(('channel', 'PAPER'), _negated=True), models.Q(('blinded', ''), _negated=True)), _connector='OR'), name='mark_signs_nothing_for_paper'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='batch_holds_ballots'),
        ),
        migrations.AddIndex(
            model_name='stub',
            index=models.Index(fields=['poll', 'receipt'], name='stub_of_poll'),
        ),
        migrations.AddConstraint(
            model_name='urn',
            constraint=models.UniqueConstraint(fields=('poll', 'number'), name='urn_one_number_a_poll'),
        ),
        migrations.AddConstraint(
            model_name='urn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('spoiled__isnull', True), ('state', 'READING')), models.Q(('closed_at__isnull', False), ('scan__isnull', False), ('spoiled__isnull', False), ('state', 'CLOSED')), _connector='OR'), name='urn_closed_with_scan_and_totals'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('form', 'look'), name='reading_one_look_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('form', 'read_by'), name='reading_by_different_people'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('look__gte', 1), ('look__lte', 3)), name='reading_three_looks_at_most'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('is_spoiled', False), ('projects', []), _connector='OR'), name='reading_of_spoiled_says_nothing'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
